#include <gtest/gtest.h>

#include "edgeopt/quantize.h"
#include "report/html.h"

namespace edgeopt::test {
namespace {

QuantizeResult sample_result() {
  QuantizeResult result;
  result.model = "models/<odd> & \"named\".onnx";
  result.target = "qnn";
  result.calibrator = "mse";
  result.calibration = "3 images of 'a'";
  result.files = {{"model", "out/m.onnx"}, {"page", "out/m.report.html"}};
  result.bytes_before = 4'000'000;
  result.bytes_after = 1'000'000;
  result.notes = {"a note"};
  result.unmet = {"a gate"};
  result.passes = {{"calibrate", 3, 1.25, {}}};
  result.tensors = {{"x", "input", "", "uint8", 0, 255, 0, 260, 45},
                    {"<y>", "conv", "Conv", "int8 symmetric", -1, 1, -0.5, 0.5, 12.3}};
  result.weights = {{"w", "Conv", 27, 8, 3, 40.5}};
  result.accuracy.samples = 3;
  result.seconds = 98.75;
  return result;
}

// Tags that are opened and not closed, void elements aside.
int open_tags(const std::string& page, const std::string& tag) {
  int count = 0;
  for (size_t at = page.find("<" + tag); at != std::string::npos;
       at = page.find("<" + tag, at + 1)) {
    const char next = page[at + tag.size() + 1];
    if (next == '>' || next == ' ') ++count;
  }
  for (size_t at = page.find("</" + tag + ">"); at != std::string::npos;
       at = page.find("</" + tag + ">", at + 1)) {
    --count;
  }
  return count;
}

TEST(HtmlReport, EscapesWhatModelsSay) {
  const std::string page = report_html(sample_result());
  EXPECT_EQ(page.find("<odd>"), std::string::npos);
  EXPECT_EQ(page.find("<y>"), std::string::npos);
  EXPECT_NE(page.find("&lt;odd&gt; &amp; &quot;named&quot;.onnx"), std::string::npos);
}

TEST(HtmlReport, HoldsEveryResult) {
  const std::string page = report_html(sample_result());
  for (const char* expected : {"1.00 MB", "25 % of 4.00 MB", "a note", "a gate", "12.3", "40.5",
                               "calibrate", "int8 symmetric", "qnn", "mse"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
  }
  for (const char* tag : {"section", "table", "svg", "div", "ul", "tr", "td", "g", "script"}) {
    EXPECT_EQ(open_tags(page, tag), 0) << tag;
  }
}

TEST(HtmlReport, SaysNothingOfTheRun) {
  const std::string page = report_html(sample_result());
  EXPECT_EQ(page.find("98.75"), std::string::npos);
  EXPECT_EQ(page.find("1.25"), std::string::npos);
  EXPECT_EQ(page.find("out/"), std::string::npos);
}

TEST(HtmlReport, LivesWithNothingMeasured) {
  QuantizeResult result = sample_result();
  result.tensors.clear();
  result.weights.clear();
  EXPECT_NE(report_html(result).find("</html>"), std::string::npos);
}

TEST(HtmlReport, WritesNumbersForPeople) {
  EXPECT_EQ(html::bytes(999), "999 B");
  EXPECT_EQ(html::bytes(1'250'000), "1.25 MB");
  EXPECT_EQ(html::number(-1.5, 1), "\u22121.5");
  EXPECT_EQ(html::number(-0.0001, 2), "0.00");
  EXPECT_EQ(html::compact(123.4), "123");
  EXPECT_EQ(html::compact(0.01234), "0.0123");
  EXPECT_EQ(html::compact(-2.5e7), "\u22122.50e+07");
}

}  // namespace
}  // namespace edgeopt::test
