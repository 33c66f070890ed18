// evaluate_json: everything an EvaluateResult holds.
#include "base/json.h"
#include "edgeopt/evaluate.h"

namespace edgeopt {

std::string evaluate_json(const EvaluateResult& result) {
  Json json{{"model", result.model},
            {"data", result.data},
            {"samples", result.samples},
            {"labelled", result.labelled}};
  if (result.labelled) {
    json["top1"] = result.top1;
    json["top5"] = result.top5;
  }
  if (result.compared) {
    json["reference"] = result.reference;
    if (result.labelled) json["reference_top1"] = result.reference_top1;
    json["agreement"] = result.agreement;
    json["sqnr_db"] = result.sqnr_db;
    json["max_abs"] = result.max_abs;
  }
  json["unmet"] = result.unmet;
  json["samples_per_second"] = result.samples_per_second;
  json["seconds"] = result.seconds;
  if (result.profile.empty()) return json_text(json);
  Json nodes = Json::array();
  for (const NodeTime& node : result.profile) {
    nodes.push_back({{"node", node.node},
                     {"op", node.op_type},
                     {"seconds", node.seconds},
                     {"gflops", node.gflops}});
  }
  json["profile"] = std::move(nodes);
  return json_text(json);
}

}  // namespace edgeopt
