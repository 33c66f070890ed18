#include "pipeline/pass_list.h"

#include <gtest/gtest.h>

#include "pipeline/default_pipeline.h"
#include "support/data_files.h"

namespace edgeopt::test {
namespace {

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (const PassStep& step : parse_pass_list(text)) names.emplace_back(step.pass->name);
  return names;
}

TEST(PassList, NamesAreSeparatedByCommasOrLines) {
  const std::vector<std::string> expected{"fold-constants", "eliminate-dead", "calibrate"};
  EXPECT_EQ(names_in("fold-constants,eliminate-dead,calibrate"), expected);
  EXPECT_EQ(names_in(" fold-constants ,\n\n eliminate-dead # why\n# more\ncalibrate,\n"), expected);
  EXPECT_TRUE(names_in(" # nothing\n").empty());
}

TEST(PassList, OptionsStandInBraces) {
  const auto steps = parse_pass_list("upgrade-opset{to=17}, upgrade-opset { to = 18 , }");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].options.integer("to"), 17);
  EXPECT_EQ(steps[1].options.integer("to"), 18);
  EXPECT_EQ(parse_pass_list("upgrade-opset{}")[0].options.integer("to"), 13);
}

TEST(PassList, MistakesAreUsageErrorsThatHelp) {
  const auto error = [](const std::string& text) {
    return error_text([&] { parse_pass_list(text); });
  };
  EXPECT_NE(error("fold").find("2: there is no pass 'fold'; there are: "), std::string::npos);
  EXPECT_NE(error("fold").find("fold-constants"), std::string::npos);
  EXPECT_NE(error("upgrade-opset{too=3}").find("valid options: to"), std::string::npos);
  EXPECT_NE(error("upgrade-opset{to=x}").find("not an integer"), std::string::npos);
  for (const char* text : {"upgrade-opset{to=17", "upgrade-opset{to}", "upgrade-opset{=1}",
                           "calibrate calibrate", "calibrate}", "{to=1}", "calibrate;calibrate"}) {
    EXPECT_TRUE(error(text).starts_with("2: passes: ")) << text << ": " << error(text);
  }
}

TEST(PassList, TheDefaultPipelineParses) {
  QuantizeOptions options;
  const auto plain = names_in(default_pipeline(options));
  options.equalize = true;
  const auto equalized = names_in(default_pipeline(options));
  EXPECT_EQ(plain.front(), "upgrade-opset");
  EXPECT_EQ(plain.back(), "calibrate");
  EXPECT_EQ(equalized.size(), plain.size() + 1);
}

}  // namespace
}  // namespace edgeopt::test
