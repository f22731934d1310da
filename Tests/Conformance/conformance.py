"""Runs the node tests of the onnx package that concern operators Outpost has, and prints a table.

Each test runs up to three times: as it stands, with every input a value of the run; where that is refused, with all inputs
but the first as constants, which is how exporters write shapes, axes and scales; and with all inputs as constants, so that
folding is tried too. Tests in double precision run in single precision. Results are compared as the onnx package's own runner does it. A test passes if any of the first two
does and none differs; a test that is refused each time counts as refused, with the reason.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

Case = collections.namedtuple("Case", "name operator model inputs outputs rtol atol")
SINCE = {schema.name: schema.since_version for schema in onnx.defs.get_all_schemas() if schema.domain == ""}
NUMPY_TYPES = {
    onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8, onnx.TensorProto.INT8, onnx.TensorProto.INT32, onnx.TensorProto.INT64,
    onnx.TensorProto.BOOL, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE,
}
VARIANTS = ("run time", "constants", "folded")


def node_tests(operators, wanted):
    warnings.simplefilter("ignore")
    from onnx.backend.test.case import node

    for test in node.collect_testcases(None):
        used = {found.op_type for found in test.model.graph.node}
        expanded = "_expanded" in test.name
        if not used <= operators or any(found.domain not in ("", "ai.onnx") for found in test.model.graph.node):
            continue
        operator = "functions in parts" if expanded else test.model.graph.node[0].op_type
        if wanted and operator not in wanted and test.name not in wanted:
            continue
        for inputs, outputs in test.data_sets:
            case = Case(test.name, operator, test.model, list(map(array, inputs)), list(map(array, outputs)), test.rtol, test.atol)
            yield case if "Cast" in used else single_precision(case)


def array(value):
    """Tests give some tensors as messages; sequences and types that numpy lacks stay as they are."""
    if isinstance(value, onnx.TensorProto) and value.data_type in NUMPY_TYPES:
        return numpy_helper.to_array(value)
    return value


def single_precision(case):
    """Tests in double precision are run in single precision, which is what there is."""
    values = [*case.model.graph.input, *case.model.graph.output]
    doubles = [value.type.tensor_type for value in values if value.type.tensor_type.elem_type == onnx.TensorProto.DOUBLE]
    if not doubles:
        return case
    for value in doubles:
        value.elem_type = onnx.TensorProto.FLOAT

    def narrow(value):
        return value.astype(np.float32) if getattr(value, "dtype", None) == np.float64 else value

    return case._replace(inputs=list(map(narrow, case.inputs)), outputs=list(map(narrow, case.outputs)))


def write(case, folder, constants):
    """The case with the inputs of the given indices as initialisers; None where a value has no file format."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph, names = model.graph, []
    # An operator that changed last before operator set 13 is the same in 13.
    for imported in model.opset_import:
        if imported.version < 13 and imported.version == SINCE.get(case.operator):
            imported.version = 13
    folder.mkdir(parents=True)
    for index, (info, value) in enumerate(zip(case.model.graph.input, case.inputs)):
        if not isinstance(value, (np.ndarray, np.generic)):
            continue
        if index in constants:
            graph.initializer.append(numpy_helper.from_array(np.asarray(value), info.name))
        else:
            np.save(folder / f"input-{len(names)}.npy", np.ascontiguousarray(value).reshape(np.shape(value)))
            names.append(info.name)
    (folder / "names.txt").write_text("\n".join(names))
    onnx.save(model, folder / "model.onnx")


def verdict(case, folder):
    """'passed', or what is wrong."""
    refused = folder / "refused.txt"
    if refused.exists():
        return "refused", refused.read_text()
    for index, expected in enumerate(case.outputs):
        path = folder / f"output-{index}.npy"
        if not path.exists():
            return "failed", f"no output {index}"
        found, expected = np.load(path), np.asarray(expected)
        if found.dtype != expected.dtype or found.shape != expected.shape:
            return "failed", f"{found.dtype}{found.shape} and not {expected.dtype}{expected.shape}"
        try:
            np.testing.assert_allclose(found, expected, rtol=case.rtol, atol=case.atol)
        except AssertionError as error:
            return "failed", " ".join(str(error).split())[:300]
    return "passed", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="outpost-conformance")
    parser.add_argument("--table", type=pathlib.Path, help="also write the table here, as Markdown")
    parser.add_argument("--verbose", action="store_true", help="name each refused test")
    parser.add_argument("only", nargs="*", help="operators or tests")
    arguments = parser.parse_args()
    listed = subprocess.run([arguments.program, "--operators"], check=True, capture_output=True, text=True).stdout
    operators = set(listed.split())
    cases = list(node_tests(operators, set(arguments.only)))
    with tempfile.TemporaryDirectory() as folder:
        root, folders = pathlib.Path(folder), []
        for number, case in enumerate(cases):
            everything = set(range(len(case.inputs)))
            for variant, constants in zip(VARIANTS, (set(), everything - {0}, everything)):
                folders.append(root / str(number) / variant)
                write(case, folders[-1], constants)
        lines = "".join(f"{path}\n" for path in folders)
        done = subprocess.run([arguments.program], input=lines, text=True)
        if done.returncode != 0:
            sys.exit(f"the program ended with {done.returncode}")
        results = [[verdict(case, root / str(number) / variant) for variant in VARIANTS] for number, case in enumerate(cases)]
    sys.exit(report(cases, results, arguments))


def reason(verdicts):
    """Why a test is refused, without the names of its nodes: of the form that comes nearest to running."""
    why = verdicts[1][1].split(". Change the network")[0].split(". Export the model")[0]
    number = re.search(r"element type number (\d+)", why)
    if number:
        return f"type {onnx.TensorProto.DataType.Name(int(number[1])).lower()}"
    known = re.search(r"(float16|float64) as a value|of the run of type (float16|float64)", why)
    if known:
        return f"type {known[1] or known[2]}"
    if "without elements" in why:
        return "a value of the run without elements"
    return re.sub(r"^(\w+( \w+)?) of (the )?[^:]*:", r"\1:", why)


def report(cases, results, arguments):
    counts = collections.defaultdict(collections.Counter)
    reasons, failures = collections.Counter(), 0
    for case, verdicts in zip(cases, results):
        states = [state for state, _ in verdicts]
        row = counts[case.operator]
        if "failed" in states:
            failures += 1
            row["failed"] += 1
            for variant, (state, why) in zip(VARIANTS, verdicts):
                if state == "failed":
                    print(f"FAILED {case.name} ({variant}): {why}")
        elif "passed" in states[:2]:
            row["passed"] += 1
            row["with constants"] += states[0] != "passed"
        elif states[2] == "passed":
            row["passed"] += 1
            row["folded only"] += 1
        else:
            row["refused"] += 1
            reasons[reason(verdicts)] += 1
            if arguments.verbose:
                print(f"refused {case.name}: {verdicts[0][1]} | {verdicts[1][1]}")
        row["folded"] += states[2] == "passed"
    columns = ("passed", "with constants", "folded only", "folded", "refused", "failed")
    lines = ["| operator | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]
    total = collections.Counter()
    for operator in sorted(counts):
        total.update(counts[operator])
        lines.append(f"| {operator} | " + " | ".join(str(counts[operator][column]) for column in columns) + " |")
    lines.append("| **all** | " + " | ".join(f"**{total[column]}**" for column in columns) + " |")
    lines += ["", "| refused because of | tests |", "| --- | ---: |"]
    lines += [f"| {why} | {count} |" for why, count in reasons.most_common()]
    table = "\n".join(lines)
    print(table)
    if arguments.table:
        arguments.table.write_text(table + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    main()
