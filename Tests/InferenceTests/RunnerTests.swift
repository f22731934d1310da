import Foundation
@testable import Inference
import Synchronization
import Testing

/// Threads that compute together.
@Suite("Runners")
struct RunnerTests {
    @Test("every piece of a job is done once, whatever the threads", arguments: [1, 2, 3, 8])
    func pool(threads: Int) {
        let pool = WorkerPool(threads: threads, affinity: nil)
        #expect(pool.threads == threads)
        // Many short jobs, so that helpers come late to some.
        for count in Array(0..<40) + [1_000] {
            let done = Mutex([Int](repeating: 0, count: count)), workers = Mutex(Set<Int>())
            pool.perform(count) { piece, worker in
                done.withLock { $0[piece] += 1 }
                workers.withLock { _ = $0.insert(worker) }
            }
            #expect(done.withLock { $0.allSatisfy { $0 == 1 } })
            #expect(workers.withLock { $0.isSubset(of: 0..<threads) })
        }
    }

    @Test("what the asking thread wrote is seen by all, and what they wrote by it")
    func visibility() {
        let pool = WorkerPool(threads: 4, affinity: nil)
        let cells = UnsafeMutablePointer<Int>.allocate(capacity: 64)
        defer { cells.deallocate() }
        cells.initialize(repeating: 0, count: 64)
        for round in 1...2_000 {
            pool.perform(64) { piece, _ in cells[piece] += round }
        }
        #expect((0..<64).allSatisfy { cells[$0] == 2_000 * 2_001 / 2 })
    }

    @Test("fast cores are those near the fastest; without numbers all are alike")
    func cores() {
        let mixed = ProcessorCores(
            all: Array(0..<8), capacities: [0: 530, 1: 530, 2: 530, 3: 530, 4: 1_024, 5: 1_024, 6: 900, 7: 1_024])
        #expect(mixed.fast == [4, 5, 6, 7])
        #expect(mixed.defaultThreads == 4)
        #expect(mixed.cores(forThreads: 4) == [4, 5, 6, 7])
        #expect(mixed.cores(forThreads: 5) == nil)
        let alike = ProcessorCores(all: [0, 1, 2, 3], capacities: [:])
        #expect(alike.fast == [0, 1, 2, 3])
        #expect(alike.defaultThreads == 3)
        #expect(alike.cores(forThreads: 2) == nil)
        #expect(ProcessorCores(all: [2], capacities: [2: 1_024]).defaultThreads == 1)
        #expect(ProcessorCores(all: [0, 1], capacities: [0: 1_024]).fast == [0, 1])
        #expect(!ProcessorCores.ofThisSystem.all.isEmpty)
    }

    @Test("capacities are read where the kernel shows them; without them, or with nonsense, all cores are alike")
    func capacities() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, core: Int) throws {
            let place = folder.appendingPathComponent("cpu\(core)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place.appendingPathComponent("cpu_capacity"))
        }
        let all = Array(0..<6)
        #expect(ProcessorCores(all: all, folder: folder.path).fast == all)
        // Four cores to save power and two for speed, as on an RK3399.
        for core in 0..<4 { try write("485\n", core: core) }
        try write("1024\n", core: 4)
        #expect(ProcessorCores(all: all, folder: folder.path).fast == all)
        try write("1024\n", core: 5)
        let cores = ProcessorCores(all: all, folder: folder.path)
        #expect(cores.fast == [4, 5])
        #expect(cores.defaultThreads == 2)
        // A process that may not use the fast ones has what it has.
        #expect(ProcessorCores(all: [0, 1, 2, 3], folder: folder.path).fast == [0, 1, 2, 3])
        try write("many\n", core: 5)
        #expect(ProcessorCores(all: all, folder: folder.path).fast == all)
    }

    @Test("a pool's helpers keep to its cores; who asks for a run may run where it might before")
    func pinned() throws {
        guard let before = ThreadAffinity.current, let core = before.cores.last else { return }
        let pool = WorkerPool(threads: 2, affinity: ThreadAffinity(cores: [core]))
        guard pool.threads == 2 else { return }
        let begun = Atomic<Int>(0), helpers = Mutex<[[Int]?]>([])
        // Two pieces that wait for each other are done by two threads.
        pool.perform(2) { _, worker in
            begun.add(1, ordering: .sequentiallyConsistent)
            while begun.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
            if worker > 0 { helpers.withLock { $0.append(ThreadAffinity.current?.cores) } }
        }
        #expect(helpers.withLock { $0 } == [[core]])
        let cores = ProcessorCores(
            all: [core, core + 1], capacities: [core: 1_024, core + 1: 400])
        let plan = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let image = Tensor(shape: [1, 1, 8, 8], [Float](repeating: 1, count: 64))
        #expect(try PlanRunner(plan, threads: 1, cores: cores).run(["x": image]) == plan.run(["x": image]))
        #expect(ThreadAffinity.current == before)
    }

    @Test("a thread keeps to its cores and is let go again")
    func affinity() throws {
        guard let before = ThreadAffinity.current, let core = before.cores.first else { return }
        ThreadAffinity(cores: [core]).apply()
        #expect(ThreadAffinity.current?.cores == [core])
        before.apply()
        #expect(ThreadAffinity.current == before)
    }

    @Test("runs one after the other and from many threads give the same outputs")
    func runs() async throws {
        let plan = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let runner = PlanRunner(plan, threads: 3)
        let images = (0..<6).map { (seed: Int) -> Tensor in
            let pixels = (0..<64).map { (index: Int) -> Float in Float((index * 37 + seed * 11) % 64) / 16 - 2 }
            return Tensor(shape: [1, 1, 8, 8], pixels)
        }
        let expected = try images.map { try plan.run(["x": $0]) }
        try await withThrowingTaskGroup(of: (Int, [String: Tensor]).self) { group in
            for round in 0..<30 {
                group.addTask { (round % images.count, try runner.run(["x": images[round % images.count]])) }
            }
            for try await (index, outputs) in group { #expect(outputs == expected[index]) }
        }
        #expect(try runner.profile(["x": images[0]]).count == plan.nodes.count)
    }

    @Test("a benchmark adds up, reads well and survives JSON")
    func benchmark() throws {
        let plan = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes))
        let benchmark = try ModelBenchmark(plan, kernels: .best, threads: 2, repetitions: 5)
        #expect(benchmark.steps.count == plan.nodes.count)
        #expect(abs(benchmark.steps.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        #expect(benchmark.percentile(0) <= benchmark.percentile(0.5))
        #expect(benchmark.percentile(1) == benchmark.nanoseconds.last)
        #expect(benchmark.description.split(separator: "\n").count == 4 + plan.nodes.count)
        let json = try JSONEncoder().encode(benchmark)
        #expect(try JSONDecoder().decode(ModelBenchmark.self, from: json) == benchmark)
    }
}

/// Model files are mapped: what is read is the file, and what cannot be read is said.
@Suite("Model files")
struct ModelFileTests {
    @Test("a model from its file is the model from its bytes, also after its memory was given back")
    func mapped() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(ModelWriter.sound.bytes).write(to: path)
        let mapped = try Model(contentsOfFile: path.path)
        #expect(mapped.withFile { Array($0) } == ModelWriter.sound.bytes)
        mapped.releaseFile()
        let image = Tensor(shape: [1, 1, 8, 8], (0..<64).map { Float($0) / 16 })
        let expected = try ExecutionPlan(Model(contentsOf: ModelWriter.sound.bytes)).run(["x": image])
        #expect(try ExecutionPlan(mapped).run(["x": image]) == expected)
    }

    @Test("what is no file, or too large, is refused")
    func refused() throws {
        #expect(throws: InferenceError.self) { try Model(contentsOfFile: "/nowhere/model.onnx") }
        #expect(throws: InferenceError.self) { try Model(contentsOfFile: "/dev/zero") }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: path) }
        try Data().write(to: path)
        #expect(throws: InferenceError.self) { try Model(contentsOfFile: path.path) }
        try Data(ModelWriter.sound.bytes).write(to: path)
        var limits = ModelLimits()
        limits.fileBytes = 10
        #expect(throws: InferenceError.self) { try Model(contentsOfFile: path.path, limits: limits) }
    }
}
