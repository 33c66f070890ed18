// docs/operators.md agrees with the registry and with what passes. UPDATE_GOLDEN=1 writes it anew
// and keeps the remarks.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "base/file.h"
#include "base/format.h"
#include "conformance/onnx_cases.h"
#include "ops/op.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

using test::CaseResult;
using test::Verdict;

const std::filesystem::path& document_path() {
  static const auto path = test::source_folder() / "docs" / "operators.md";
  return path;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The cells of a table row "| a | b |", without the spaces around them.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) {
    const size_t first = cell.find_first_not_of(' ');
    const size_t last = cell.find_last_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

bool is_row(const std::string& line) { return !line.empty() && line[0] == '|'; }

// The last cell of each row, by the first one: what people wrote.
std::map<std::string, std::string> remarks_of(const std::vector<std::string>& lines) {
  std::map<std::string, std::string> remarks;
  for (const std::string& line : lines) {
    if (is_row(line)) remarks[cells_of(line).front()] = cells_of(line).back();
  }
  return remarks;
}

struct Count {
  size_t passed = 0;
  size_t all = 0;
};

std::map<std::string, Count> counts() {
  std::map<std::string, Count> result;
  for (const CaseResult& one : test::case_results(test::Runner::kInterpreter)) {
    for (const std::string& op : one.operators) {
      ++result[op].all;
      if (one.verdict == Verdict::kPassed) ++result[op].passed;
    }
  }
  return result;
}

std::string name_of_operator(const Operator& op) {
  return op.domain.empty() ? std::string(op.name) : format("{}.{}", op.domain, op.name);
}

std::string in_integers(const OpTraits& traits) {
  if (traits.data_movement || traits.joins_inputs) return "moved";
  return traits.quantizable ? "yes" : "";
}

std::vector<std::string> supported_rows(const std::map<std::string, std::string>& remarks) {
  std::vector<std::string> rows = {"| operator | cases passed | on integers | remarks |",
                                   "|---|---|---|---|"};
  auto cases = counts();
  for (const Operator* op : all_operators()) {
    const std::string name = name_of_operator(*op);
    const Count count = cases[name];
    const auto remark = remarks.find(name);
    rows.push_back(format("| {} | {} | {} | {} |", name,
                          count.all == 0 ? "-" : format("{} of {}", count.passed, count.all),
                          in_integers(op->traits), remark == remarks.end() ? "" : remark->second));
  }
  return rows;
}

std::vector<std::string> unsupported_rows(const std::map<std::string, std::string>& remarks) {
  std::map<std::string, size_t> unknown;
  for (const CaseResult& one : test::case_results(test::Runner::kInterpreter)) {
    for (const std::string& op : one.unknown) ++unknown[op];
  }
  std::vector<std::string> rows = {"| operator | cases | why |", "|---|---|---|"};
  for (const auto& [name, cases] : unknown) {
    const auto remark = remarks.find(name);
    rows.push_back(
        format("| {} | {} | {} |", name, cases, remark == remarks.end() ? "" : remark->second));
  }
  return rows;
}

std::string summary() {
  std::map<Verdict, size_t> number;
  const auto& results = test::case_results(test::Runner::kInterpreter);
  for (const CaseResult& one : results) ++number[one.verdict];
  return format("Of {} cases {} pass, {} fail, {} are unsupported and {} differ on purpose.",
                results.size(), number[Verdict::kPassed], number[Verdict::kFailed],
                number[Verdict::kUnsupported], number[Verdict::kDiffers]);
}

// The document with its two tables and its line of counts made anew.
std::string renewed(const std::vector<std::string>& old) {
  const std::map<std::string, std::string> remarks = remarks_of(old);
  std::string text;
  size_t tables = 0;
  for (size_t i = 0; i < old.size(); ++i) {
    if (is_row(old[i])) {
      const auto rows = tables++ == 0 ? supported_rows(remarks) : unsupported_rows(remarks);
      for (const std::string& row : rows) text += row + "\n";
      while (i + 1 < old.size() && is_row(old[i + 1])) ++i;
    } else if (old[i].starts_with("Of ") && old[i].ends_with("on purpose.")) {
      text += summary() + "\n";
    } else {
      text += old[i] + "\n";
    }
  }
  return text;
}

TEST(OperatorsDocument, AgreesWithTheRegistryAndTheCases) {
  if (test::onnx_test_data().empty()) GTEST_SKIP() << "ONNX's test data is not installed";
  const std::string written = read_file(document_path());
  const std::string wanted = renewed(lines_of(written));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    write_file_atomically(document_path(), wanted);
    return;
  }
  EXPECT_EQ(written, wanted) << "renew docs/operators.md: UPDATE_GOLDEN=1 conformance_tests";
}

TEST(OperatorsDocument, NamesEveryOperatorAndDeviation) {
  const std::string written = read_file(document_path());
  const auto remarks = remarks_of(lines_of(written));
  for (const Operator* op : all_operators()) {
    EXPECT_TRUE(remarks.contains(name_of_operator(*op))) << name_of_operator(*op);
  }
  for (const auto& [name, why] : test::known_deviations()) {
    EXPECT_NE(written.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace edgeopt
