"""One network in onnxruntime on one thread, as `outpost-engine-runner` runs it:
`run_onnxruntime.py count|time MODEL INPUT`.

`count`: two runs, each an interval of the counter, which watches for getppid(). `time`: a run for each line of standard
input, answered with the seconds that it took: by the clock, and of processor. INPUT: a file of numpy.
"""

import os
import sys
import time

import numpy
import onnxruntime


def main():
    how, model, file = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    described = session.get_inputs()[0]
    inputs = {described.name: numpy.load(file)}
    if how == "count":
        os.getppid()
        for _ in range(2):
            session.run(None, inputs)
            os.getppid()
        print("done")
        return
    session.run(None, inputs)
    print("ready", flush=True)
    for _ in sys.stdin:
        clock, processor = time.monotonic(), time.process_time()
        session.run(None, inputs)
        print(time.monotonic() - clock, time.process_time() - processor, flush=True)


if __name__ == "__main__":
    main()
