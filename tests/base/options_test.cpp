#include "base/options.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"

namespace edgeopt {
namespace {

using Type = OptionSpec::Type;

OptionValues make() {
  return OptionValues("pass-x",
                      {{.name = "deep", .type = Type::kBool, .default_value = "false", .help = "h"},
                       {.name = "steps",
                        .type = Type::kInt,
                        .default_value = "4",
                        .help = "h",
                        .minimum = 1,
                        .maximum = 9},
                       {.name = "ratio",
                        .type = Type::kFloat,
                        .default_value = "0.5",
                        .help = "h",
                        .minimum = 0,
                        .maximum = 1},
                       {.name = "file", .default_value = "a.txt", .help = "h"},
                       {.name = "mode",
                        .type = Type::kChoice,
                        .default_value = "fast",
                        .help = "h",
                        .choices = "fast|slow"}});
}

std::string message_of(std::string_view name, std::string_view value) {
  OptionValues values = make();
  try {
    values.set(name, value);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    return error.what();
  }
  return "";
}

TEST(Options, DefaultsServeUntilAValueIsGiven) {
  OptionValues values = make();
  EXPECT_FALSE(values.flag("deep"));
  EXPECT_EQ(values.integer("steps"), 4);
  EXPECT_EQ(values.number("ratio"), 0.5);
  EXPECT_EQ(values.text("file"), "a.txt");
  values.set("deep", "on");
  values.set("steps", "9");
  values.set("ratio", "1e-2");
  values.set("file", "");
  values.set("mode", "slow");
  EXPECT_TRUE(values.flag("deep"));
  EXPECT_EQ(values.all().at("deep"), "true");
  EXPECT_EQ(values.integer("steps"), 9);
  EXPECT_EQ(values.number("ratio"), 0.01);
  EXPECT_EQ(values.text("file"), "");
  EXPECT_EQ(values.text("mode"), "slow");
}

TEST(Options, BadValuesAreUsageErrorsThatNameOwnerAndOption) {
  EXPECT_NE(message_of("step", "1").find("pass-x has no option 'step'; valid options: deep, steps"),
            std::string::npos);
  for (const auto& [name, value] :
       std::vector<std::pair<const char*, const char*>>{{"deep", "maybe"},
                                                        {"steps", "0"},
                                                        {"steps", "10"},
                                                        {"steps", "3.5"},
                                                        {"steps", ""},
                                                        {"steps", "4x"},
                                                        {"steps", "99999999999999999999"},
                                                        {"ratio", "1.5"},
                                                        {"ratio", "nan"},
                                                        {"ratio", "half"},
                                                        {"mode", "fas"},
                                                        {"mode", ""},
                                                        {"mode", "fast|slow"}}) {
    EXPECT_NE(message_of(name, value).find("pass-x: option '" + std::string(name)),
              std::string::npos)
        << name << "=" << value << ": " << message_of(name, value);
  }
}

TEST(Options, AnOwnerWithoutOptionsSaysSo) {
  OptionValues values("pass-y", {});
  try {
    values.set("x", "1");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "pass-y has no option 'x'; it has no options");
  }
}

}  // namespace
}  // namespace edgeopt
