# The two commands of a newcomer: `make demo` and `make test`. Both set up what they need.
# Where the machine has no Swift of 6.2 or later, they run inside the toolchain's root (see image/toolchain/README.md).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

toolchain := image/toolchain
# Inside the toolchain's root another compiler builds: it gets a folder of its own. Debian's lacks the library that
# joins Testing with Foundation, of which nothing is used.
inside_toolchain := $(wildcard /etc/outpost-toolchain)
build_folder := $(if $(inside_toolchain),.build/toolchain,.build)
swift_options := --scratch-path $(build_folder) \
	$(if $(inside_toolchain),-Xswiftc -Xfrontend -Xswiftc -disable-cross-import-overlays)
debug_program = $(build_folder)/debug/outpost
# Beside the debug build, which stays as it is.
release_options := --configuration release --scratch-path $(build_folder)/release-host
release_program = $(build_folder)/release-host/release/outpost
# Where the image codecs are, which prepare-host builds.
cache := $(or $(OUTPOST_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/outpost)
codecs := $(cache)/codecs/$(if $(inside_toolchain),toolchain-)$(shell dpkg --print-architecture)
export PKG_CONFIG_PATH := $(codecs)/lib/pkgconfig
emulator := qemu-aarch64-static -cpu cortex-a72
# make bench BENCH_REPETITIONS=9 BENCH_OPTIONS='--only CR --json figures.json'
BENCH_REPETITIONS ?= 5
BENCH_OPTIONS ?=
# make test-networks TEST_OPTIONS='--only u-net'
TEST_OPTIONS ?=

# make image-run RUN_OPTIONS='--fresh --configuration site.yaml'
RUN_OPTIONS ?=

# make test-kill KILLS=300 SEED=7
KILLS ?= 100
SEED ?= 1

# Changed inputs for each parser, by the debug build, whose checks are all on.
fuzz_count := 5000
# make test-image IMAGE_OPTIONS='--only study --only power-cut', make test-power-cuts N=20 SEED=7
N ?= 3
IMAGE_OPTIONS ?=
image_test = python=$$($(toolchain)/prepare-host) && $$python Tests/Image/test_image.py --image .build/image/outpost.img

# Seeds of `make soak`, and the first of them.
SEEDS ?= 10000
FIRST ?= 0

.PHONY: help demo test test-kill fuzz onnx-conformance soak check build appliance image image-run image-manifest \
	test-image test-power-cuts demo-aarch64 test-kernels-aarch64 test-kernels-sanitized test-networks bench bench-receive \
	bench-spool bench-engine bench-arm model clean demo-here \
	test-here test-networks-here test-kill-here fuzz-here onnx-conformance-here soak-here build-here \
	build-release-here bench-receive-here bench-spool-here build-engine-here bench-engine-here

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Show the main job on real files: images in, findings out, through an outage of the hub
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) demo-here

test: ## Set up, build, and pass all tests
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) test-here

test-kill: ## Kill the units at KILLS seeded moments while images flow, and look for losses
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) test-kill-here

fuzz: ## Feed every parser of outside bytes its past failures and changed inputs
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) fuzz-here

onnx-conformance: ## Run the onnx package's tests of every operator there is here, and print a table
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) onnx-conformance-here

soak: ## Run the simulations of crashes with many seeds: make soak SEEDS=100000 FIRST=0; one seed again: SEEDS=1
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) soak-here

check: ## What continuous integration runs
	@.ci/run

build: ## Build the program for this machine, with debug information
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) build-here

appliance: ## Cross-build the one static aarch64 program, .build/appliance/outpost
	@$(toolchain)/prepare-host >/dev/null
	@$(toolchain)/build-appliance

image: appliance ## Build the appliance's disk image for UEFI arm64: .build/image/outpost.img
	@image/build

image-run: ## Boot the image in qemu, with its serial line on this terminal: make image-run RUN_OPTIONS='--fresh'
	@image/run $(RUN_OPTIONS)

test-image: ## Boot the image in qemu and drive it from outside: make test-image IMAGE_OPTIONS='--only study'
	@image/prepare-host && $(image_test) --folder .build/test-image --seed $(SEED) $(IMAGE_OPTIONS)

test-power-cuts: ## Cut the image's power N times while images come in, and look for losses
	@image/prepare-host && $(image_test) --folder .build/test-image --seed $(SEED) --only power-cut --cuts $(N) $(IMAGE_OPTIONS)

image-manifest: ## Take today's versions of the image's Debian packages into image/manifest.txt
	@image/prepare-host
	@image/renew-manifest

demo-aarch64: ## The demonstration with the appliance's program under emulation
	@test -x .build/appliance/outpost || $(MAKE) appliance
	@python=$$($(toolchain)/prepare-host) && $$python provisioning/demo/demo.py --folder .build/demo-aarch64 \
		--outpost .build/appliance/outpost --runner "$(emulator)"

test-kernels-aarch64: ## Every kernel against the scalar reference, under emulation
	@$(toolchain)/prepare-host >/dev/null
	@Tests/CKernelsTests/run-aarch64

test-kernels-sanitized: ## Every portable kernel under the sanitizers of addresses and undefined behaviour
	@$(toolchain)/prepare-host >/dev/null
	@Tests/CKernelsTests/run-sanitized

test-networks: ## Whole networks, node by node and end to end, against onnxruntime
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) test-networks-here

bench: bench-receive bench-spool bench-engine bench-arm ## All benchmarks

bench-receive: ## How fast Outpost receives, beside Orthanc, storescp, and the disk's and the network's limits
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) bench-receive-here

bench-spool: ## How fast the spool keeps, queues and hands on, beside the disk's limit and storescu
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) bench-spool-here

bench-engine: ## How long networks take on this machine, beside onnxruntime
	@enter=$$($(toolchain)/ensure-swift --prefix) && $$enter $(MAKE) bench-engine-here

bench-arm: ## How many instructions and cache misses networks take on emulated Cortex-A72, A76 and i8mm, beside onnxruntime
	@$(toolchain)/prepare-host >/dev/null
	@$(toolchain)/build-appliance outpost-engine-runner
	@python=$$($(toolchain)/prepare-host) && tools=$$($(engine)/prepare-arm $$python) && \
		$$python $(engine)/test_counter.py $$tools && \
		$$python $(engine)/arm.py --program .build/appliance/outpost-engine-runner --tools $$tools \
			--networks $(networks) $(BENCH_OPTIONS)

model: ## Train the demonstration network anew
	@provisioning/models/chest-nodule/train.sh

clean: ## Remove what was built
	rm -rf .build

# These run where the compiler is: on the host, or inside the toolchain's root.

demo-here: build-here
	@python=$$($(toolchain)/prepare-host) && $$python provisioning/demo/demo.py --folder .build/demo --outpost $(debug_program)

build-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(swift_options) --product outpost

build-release-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(release_options) --product outpost

bench-receive-here: build-release-here
	@python=$$($(toolchain)/prepare-host) && $$python Tests/Benchmarks/receive/receive.py \
		--outpost $(release_program) --folder .build/bench --repetitions $(BENCH_REPETITIONS) $(BENCH_OPTIONS)

bench-spool-here: build-release-here
	@swift build $(release_options) --product outpost-bench-spool
	@$(build_folder)/release-host/release/outpost-bench-spool .build/bench $(BENCH_REPETITIONS)
	@python=$$($(toolchain)/prepare-host) && $$python Tests/Benchmarks/spool/drain.py --outpost $(release_program) \
		--folder .build/bench --repetitions $(BENCH_REPETITIONS)

engine := Tests/Benchmarks/engine
# Made once, and made anew when what they are made by changes.
networks := $(cache)/engine/networks
engine_program := $(build_folder)/release-host/release/outpost-engine-runner

build-engine-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(release_options) --product outpost-engine-runner

test-networks-here: build-engine-here
	@python=$$($(toolchain)/prepare-host) && $$python $(engine)/test_engine.py && \
		$$python $(engine)/compare.py --program $(engine_program) --networks $(networks) $(TEST_OPTIONS)

bench-engine-here: build-engine-here
	@python=$$($(toolchain)/prepare-host) && $$python $(engine)/wall.py --program $(engine_program) \
		--networks $(networks) --repetitions $(BENCH_REPETITIONS) $(BENCH_OPTIONS)

test-kill-here: build-here
	@python=$$($(toolchain)/prepare-host) && $$python Tests/Kill/kill.py --outpost $(debug_program) \
		--folder $(build_folder)/kill --kills $(KILLS) --seed $(SEED)

fuzz-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(swift_options) --product outpost-fuzz
	@$(build_folder)/debug/outpost-fuzz all $(fuzz_count)
	@python=$$($(toolchain)/prepare-host) && folder=$$($$python -c 'import pydicom, os; print(os.path.dirname(pydicom.__file__))') && \
		$(build_folder)/debug/outpost-fuzz pixels $$(($(fuzz_count) * 10)) $$folder/data/test_files
	@python=$$($(toolchain)/prepare-host) && $$python Tests/Fuzz/make_models.py --folder $(build_folder)/fuzz-models && \
		$(build_folder)/debug/outpost-fuzz model $$(($(fuzz_count) * 4)) $(build_folder)/fuzz-models

onnx-conformance-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(swift_options) --product outpost-conformance
	@python=$$($(toolchain)/prepare-host) && $$python Tests/Conformance/conformance.py \
		--program $(build_folder)/debug/outpost-conformance --table $(build_folder)/onnx-conformance.md

soak-here:
	@$(toolchain)/prepare-host >/dev/null
	@swift build $(swift_options) --product outpost-soak
	@$(build_folder)/debug/outpost-soak $(FIRST) $(SEEDS)

# Many tests wait for real programs: started all at once they would starve each other. Those with a time-out in them run
# apart from those that compute, which leave no thread to others on a machine with few.
waiting_tests := DICOMNetworkTests|DeliveryTests|SpoolTests|ApplianceTests|SliceTests
test-here: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 4
test-here: export OUTPOST_PROGRAM := $(CURDIR)/$(debug_program)
test-here:
	@OUTPOST_PYTHON=$$($(toolchain)/prepare-host) && export OUTPOST_PYTHON && \
		swift build $(swift_options) --build-tests && \
		$(call run_tests,--skip=$(waiting_tests)) && $(call run_tests,--filter=$(waiting_tests))

run_tests = $$OUTPOST_PYTHON Tests/run.py $(build_folder)/test.log -- swift test $(swift_options) --skip-build '$(1)'
