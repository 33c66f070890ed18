// report_html: the report as one page that needs nothing else.
//
// Nothing on the page depends on the run (times, threads, machine), so that equal inputs give equal
// bytes; report_json has these in its `environment`.
#include <algorithm>
#include <filesystem>

#include "base/decibels.h"
#include "base/format.h"
#include "edgeopt/quantize.h"
#include "report/html.h"
#include "report/page_script.h"
#include "report/page_style.h"
#include "report/plots.h"

namespace edgeopt {
namespace {

using html::bytes;
using html::compact;
using html::escape;
using html::number;

constexpr double kLowSqnr = 20;    // dB, marked in tables
constexpr double kFullMeter = 60;  // dB at the right end of the small bars

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string short_decibels(double db) { return db >= kExactDecibels ? "exact" : number(db, 1); }

std::string with_unit(double db) {
  return short_decibels(db) + (db >= kExactDecibels ? "" : " <small>dB</small>");
}

std::string tile(const std::string& what, const std::string& value, const std::string& more) {
  return format(
      "<section class=\"card tile\"><p class=what>{}</p><p class=value>{}</p>"
      "<p class=more>{}</p></section>",
      what, value, more);
}

std::string top1_tile(const AccuracyReport& accuracy) {
  const double change = accuracy.top1_quantized - accuracy.top1_float;
  const char* style = change < -1 ? "bad" : change < 0 ? "slight" : "good";
  return tile("Top-1 accuracy", number(accuracy.top1_quantized, 2) + " <small>%</small>",
              format("<span class={}>{}{} points</span> from {} % in float", style,
                     change > 0 ? "+" : "", number(change, 2), number(accuracy.top1_float, 2)));
}

std::string tiles(const QuantizeResult& result) {
  const AccuracyReport& accuracy = result.accuracy;
  std::string text = "<div class=tiles>";
  const double share = result.bytes_before == 0 ? 0
                                                : 100.0 * static_cast<double>(result.bytes_after) /
                                                      static_cast<double>(result.bytes_before);
  text += tile("File size", bytes(result.bytes_after),
               format("{:.0f} % of {}", share, bytes(result.bytes_before)));
  if (accuracy.labelled) text += top1_tile(accuracy);
  text += tile("Output SQNR", with_unit(accuracy.sqnr_db),
               format("against float, {} samples", accuracy.samples));
  text += tile("Same class as float", number(accuracy.agreement, 1) + " <small>%</small>",
               format("of {} samples, first output", accuracy.samples));
  text += tile("Quantized", format("{} <small>nodes</small>", result.quantized_nodes),
               format("{} compute in float", result.float_nodes));
  return text + "</div>";
}

std::string messages(const QuantizeResult& result) {
  if (result.unmet.empty() && result.notes.empty()) return "";
  std::string text = "<ul class=said>";
  for (const std::string& gate : result.unmet) {
    text += format("<li class=unmet><b>Not met:</b> {}</li>", escape(gate));
  }
  for (const std::string& note : result.notes) text += format("<li>{}</li>", escape(note));
  return text + "</ul>";
}

std::string figures(const QuantizeResult& result) {
  std::string text = "<div class=pair>";
  text += "<section class=card><h2>Accuracy</h2><p class=lead>" + escape(result.accuracy.data) +
          "</p><div class=scroll>" + html::accuracy_plot(result.accuracy) + "</div></section>";
  text +=
      "<section class=card><h2>Size</h2><p class=lead>Bytes of the model files, weights "
      "included</p><div class=scroll>" +
      html::size_plot(result) + "</div></section></div>";
  if (result.tensors.empty()) return text;
  text +=
      "<section class=card><h2>SQNR of each layer</h2><p class=lead>Simulated values against the "
      "float model's, in network order (numbers as in the table below). More is better; the "
      "error of all layers before is included.</p><div class=key><span "
      "style=\"--c:var(--blue)\">quantized tensor</span>"
      "<span style=\"--c:var(--hot)\">the worst " +
      format("{}", std::min(html::kWorstMarked, result.tensors.size())) +
      "</span></div><div class=scroll>" + html::sqnr_plot(result.tensors) + "</div></section>";
  text +=
      "<section class=card><h2>Ranges</h2><p class=lead>What each tensor's grid can represent, and "
      "what calibration saw. The scale is linear near zero and logarithmic beyond.</p>"
      "<div class=key><span style=\"--c:var(--blue-soft)\">represented</span>"
      "<span style=\"--c:var(--blue)\">observed</span>"
      "<span style=\"--c:var(--hot)\">observed, clamped</span></div><div class=scroll>" +
      html::range_plot(result.tensors) + "</div></section>";
  return text;
}

struct Heading {
  const char* title;
  bool is_number;
};

std::string table_head(const char* id, const std::vector<Heading>& headings) {
  std::string text = format("<table class=sortable id={}><thead><tr>", id);
  for (const Heading& heading : headings) {
    text += format("<th scope=col{}><button type=button>{}</button></th>",
                   heading.is_number ? " class=n" : "", heading.title);
  }
  return text + "</tr></thead><tbody>";
}

std::string number_cell(double value, const std::string& shown) {
  return format("<td class=n data-v={}>{}</td>", value, shown);
}

std::string sqnr_cell(double db) {
  return format(
      "<td class=n data-v={}><span class=\"meter{}\"><i style=\"width:{:.0f}%\"></i></span>{}</td>",
      db, db < kLowSqnr ? " low" : "", 100 * std::clamp(db / kFullMeter, 0.0, 1.0),
      short_decibels(db));
}

std::string range_cells(double low, double high) {
  return number_cell(low, compact(low)) + number_cell(high, compact(high));
}

std::string table_tools(const char* title, const char* lead, const char* table) {
  return format(
      "<div class=tools><div><h2>{}</h2><p class=lead>{}</p></div><input type=search "
      "placeholder=\"Filter\" aria-label=\"Filter {}\" data-table={}></div>",
      title, lead, title, table);
}

std::string tensor_table(const std::vector<TensorReport>& tensors) {
  if (tensors.empty()) return "";
  std::string text =
      "<section class=card>" +
      table_tools("Activations", "Quantized tensors; click a title to sort.", "tensors") +
      "<div class=\"scroll limit\">";
  text += table_head("tensors", {{"#", true},
                                 {"Tensor", false},
                                 {"Operator", false},
                                 {"Grid", false},
                                 {"SQNR dB", true},
                                 {"Lowest", true},
                                 {"Highest", true},
                                 {"Seen low", true},
                                 {"Seen high", true}});
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorReport& t = tensors[i];
    text += "<tr>" + number_cell(static_cast<double>(i + 1), format("{}", i + 1));
    text += format("<td class=name title=\"{0}\">{0}{1}</td>", escape(t.name),
                   t.node == t.name ? "" : "<small>" + escape(t.node) + "</small>");
    text +=
        format("<td class=plain>{}</td><td class=plain>{}</td>", escape(t.op_type), escape(t.grid));
    text += sqnr_cell(t.sqnr_db) + range_cells(t.minimum, t.maximum) +
            range_cells(t.observed_minimum, t.observed_maximum) + "</tr>";
  }
  return text + "</tbody></table></div></section>";
}

std::string weight_table(const std::vector<WeightReport>& weights) {
  if (weights.empty()) return "";
  std::string text =
      "<section class=card>" +
      table_tools("Weights", "Stored as integers; SQNR of the stored values.", "weights") +
      "<div class=\"scroll limit\">";
  text += table_head("weights", {{"Weight", false},
                                 {"Operator", false},
                                 {"Elements", true},
                                 {"Bits", true},
                                 {"Scales", true},
                                 {"SQNR dB", true}});
  for (const WeightReport& w : weights) {
    text += format("<tr><td class=name title=\"{0}\">{0}</td><td class=plain>{1}</td>",
                   escape(w.name), escape(w.op_type));
    text += number_cell(static_cast<double>(w.elements), format("{}", w.elements)) +
            number_cell(w.bits, format("{}", w.bits)) +
            number_cell(static_cast<double>(w.channels), format("{}", w.channels)) +
            sqnr_cell(w.sqnr_db) + "</tr>";
  }
  return text + "</tbody></table></div></section>";
}

std::string pass_table(const std::vector<PassReport>& passes) {
  std::string text = "<section class=card><details><summary>Passes</summary>" +
                     table_head("passes", {{"Pass", false}, {"Changes", true}});
  for (const PassReport& pass : passes) {
    text += format("<tr><td class=name>{}</td>{}</tr>", escape(pass.name),
                   number_cell(static_cast<double>(pass.changes), format("{}", pass.changes)));
  }
  return text + "</tbody></table></details></section>";
}

std::string head(const QuantizeResult& result) {
  const std::string model = escape(file_name(result.model));
  return format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
      "<title>{0} quantized for {1}</title><style>{2}</style></head><body><main><header>"
      "<p class=brand><b>edgeopt</b> quantization report</p><h1>{0}</h1><p class=facts>"
      "<span>target <b>{1}</b></span><span>calibrator <b>{3}</b></span>"
      "<span>calibrated with <b>{4}</b></span></p></header>",
      model, escape(result.target), html::kPageStyle, escape(result.calibrator),
      escape(result.calibration));
}

std::string foot(const QuantizeResult& result) {
  std::string files;
  for (const auto& [kind, path] : result.files) {
    if (kind == "page") continue;
    files += format("{}<code>{}</code>", files.empty() ? "" : ", ", escape(file_name(path)));
  }
  return format(
      "<footer>Written beside this page: {}. Made by edgeopt {}.</footer></main>"
      "<div id=tip role=status></div><script>{}</script></body></html>\n",
      files, EDGEOPT_VERSION, html::kPageScript);
}

}  // namespace

std::string report_html(const QuantizeResult& result) {
  return head(result) + messages(result) + tiles(result) + figures(result) +
         tensor_table(result.tensors) + weight_table(result.weights) + pass_table(result.passes) +
         foot(result);
}

}  // namespace edgeopt
