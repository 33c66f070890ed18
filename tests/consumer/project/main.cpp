// Inspects a model through the installed library: ten lines that show the public API is enough.
#include <edgeopt/inspect.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const edgeopt::InspectResult model = edgeopt::inspect(argv[1], "onnxruntime", {});
  std::cout << model.nodes.size() << " nodes, " << model.macs << " multiply-accumulates\n";
  return model.nodes.empty() ? 1 : 0;
}
