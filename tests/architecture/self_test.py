"""Every rule finds what it is for, and leaves a good tree alone."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import rules  # noqa: E402
from source import functions, project_files  # noqa: E402

HEADER = "// A contract.\n#pragma once\n"
LONG = "\n".join("  ++x;" for _ in range(80))

GOOD = {
    "CMakeLists.txt": "project(x)\n",
    "include/edgeopt/error.h": HEADER + "#include <string>\n",
    "src/base/log.h": HEADER + '#include "edgeopt/error.h"\n',
    "src/base/log.cpp": '#include "base/log.h"\n#include <spdlog/spdlog.h>\n#include <unistd.h>\n',
    "src/passes/fold.cpp": '#include "base/log.h"\nextern const Pass pass_fold = {"fold"};\n',
    "src/passes/passes.def": "EDGEOPT_PASS(fold)\n",
    "src/targets/npu.cpp": 'extern const Target target_npu = {"npu"};\n',
    "src/targets/targets.def": "EDGEOPT_TARGET(npu)\n",
    "src/quant/calibrators.def": "// EDGEOPT_CALIBRATOR(commented)\n",
    "src/ops/relu.cpp": "extern const Operator op_Relu = {};\nextern const Operator op_Elu = {};\n",
    "src/ops/ops.def": "EDGEOPT_OP(Relu)\nEDGEOPT_OP(Elu)\n",
    "tools/edgeopt/commands.def": "EDGEOPT_COMMAND(run)\n",
    "tools/edgeopt/run.cpp": '#include <CLI/CLI.hpp>\n'
                             'extern const Command command_run = {"run"};\n',
    "tests/passes/fold_test.cpp": "#include <gtest/gtest.h>\n",
    "tests/targets/npu_test.cpp": "int x;\n",
    "tests/ops/relu_test.cpp": 'run("Relu");\nrun("Elu");\n',
}

# rule -> files that break it when put over the good tree (None removes one)
BAD = {
    "include_order": [
        {"src/base/log.h": HEADER + '#include "ops/op.h"\n', "src/ops/op.h": HEADER},
        {"src/extra/new.cpp": "int x;\n"}],
    "includes_exist": [{"src/base/log.h": HEADER + '#include "base/lgo.h"\n'}],
    "include_cycles": [
        {"src/base/log.h": HEADER + '#include "base/a.h"\n',
         "src/base/a.h": HEADER + '#include "base/b.h"\n',
         "src/base/b.h": HEADER + '#include "base/log.h"\n'}],
    "third_party": [
        {"src/ops/relu.cpp": "#include <Eigen/Dense>\n"},
        {"src/passes/fold.cpp": "#include <spdlog/spdlog.h>\n"},
        {"src/data/x.cpp": "#include <boost/any.hpp>\n"},
        {"src/base/log.cpp": "#  include <onnx/onnx_pb.h>\n"}],
    "public_headers": [
        {"include/edgeopt/error.h": HEADER + "#include <unistd.h>\n"},
        {f"include/edgeopt/h{i}.h": HEADER for i in range(10)}],
    "header_form": [{"src/base/log.h": "#pragma once\n"}, {"src/base/log.h": "// Contract.\n"}],
    "file_sizes": [{"src/base/log.cpp": "\n" * 501}, {"tests/ops/relu_test.cpp": "\n" * 601},
                   {"tools/check.sh": "\n" * 501}],
    "function_sizes": [
        {"src/base/log.cpp": f"namespace a {{\nvoid f(int x) {{\n{LONG}\n}}\n}}\n"},
        {"src/base/log.cpp": f"struct A {{\n  A() : x{{1}} {{\n{LONG}\n  }}\n}};\n"},
        {"src/base/log.cpp": f"int f(int x)\n    const {{\n  auto g = [&] {{\n{LONG}\n}};\n}}\n"},
        {"tools/check.py": "def f(x):\n" + "    x += 1\n" * 80}],
    "columns": [{"src/base/log.cpp": "// " + "x" * 98 + "\n"}],
    "passes": [
        {"src/passes/passes.def": "EDGEOPT_PASS(fold)\nEDGEOPT_PASS(lost)\n"},
        {"src/passes/passes.def": ""},
        {"src/passes/passes.def": "EDGEOPT_PASS(fold)\nEDGEOPT_PASS(fold)\n"},
        {"src/passes/fold.cpp": 'extern const Pass pass_fold = {"folding"};\n'},
        {"tests/passes/fold_test.cpp": None},
        {"src/passes/passes.def": None}],
    "targets": [{"tests/targets/npu_test.cpp": None}],
    "calibrators": [{"src/quant/calibrators/mse.cpp":
                     'extern const Calibrator calibrator_mse = {"mse"};\n'}],
    "operators": [{"src/ops/ops.def": "EDGEOPT_OP(Relu)\n"},
                  {"tests/ops/relu_test.cpp": 'run("Relu");\n'}],
    "commands": [{"tools/edgeopt/commands.def": "EDGEOPT_COMMAND(walk)\n"}],
    "tests_mirror_sources": [{"tests/kernel/relu_test.cpp": "int x;\n"}],
    "root_layout": [{"notes.txt": "x\n"}, {"lib/x.cpp": "int x;\n"}],
    "names_of_files": [{"src/base/Log.cpp": "int x;\n"}, {"src/base/my-log.cpp": "int x;\n"}],
    "loose_ends": [{"src/base/log.cpp": "// TO" + "DO: finish\n"}],
    "machine_paths": [{"docs/x.md": "run it in /ho" + "me/someone/x\n"},
                      {"tools/x.sh": 'cd "/wo' + 'rk/project"\n'}],
}


def findings(rule, change):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**GOOD, **change}.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
        return list(rule(root, project_files(root)))


class Rules(unittest.TestCase):
    def test_every_rule_has_a_bad_sample(self):
        self.assertEqual({rule.__name__ for rule in rules.RULES}, set(BAD))

    def test_good_tree_has_no_findings(self):
        for rule in rules.RULES:
            self.assertEqual(findings(rule, {}), [], rule.__name__)

    def test_bad_samples_are_found(self):
        for name, samples in BAD.items():
            for sample in samples:
                with self.subTest(rule=name, files=list(sample)):
                    self.assertNotEqual(findings(getattr(rules, name), sample), [])


class FunctionLengths(unittest.TestCase):
    def lengths(self, code):
        return [length for _, length in functions(code)]

    def test_bodies_at_namespace_and_class_scope_count(self):
        self.assertEqual(self.lengths("namespace a {\nint f() {\n  return 1;\n}\n}\n"), [3])
        self.assertEqual(
            self.lengths("class A : public B {\n public:\n  int f() const { return 1; }\n"
                         "  int g()\n  {\n  }\n};\n"), [1, 3])
        self.assertEqual(self.lengths("int f(A a = {},\n      B b = {1}) {\n}\n"), [3])

    def test_data_and_types_do_not_count(self):
        self.assertEqual(self.lengths("const int x[] = {\n1,\n2};\nenum class E {\nkA\n};\n"), [])
        self.assertEqual(self.lengths("extern const Pass p = {\n.name = \"x\",\n};\n"), [])

    def test_braces_in_text_and_macros_do_not_count(self):
        self.assertEqual(self.lengths('int f() {\n  g("}", \'}\');  // }\n  /* } */\n}\n'), [4])
        self.assertEqual(self.lengths("#define X {\nint f() {\n}\n"), [2])
        self.assertEqual(self.lengths("int f() {\n  x = 1'000;\n  y = 2'000;\n}\n"), [4])

    def test_lambdas_count_to_their_function(self):
        self.assertEqual(self.lengths("void f() {\n  auto g = [](int x) {\n  };\n}\n"), [4])


if __name__ == "__main__":
    unittest.main()
