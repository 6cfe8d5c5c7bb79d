// SPDX-License-Identifier: Apache-2.0
// Save a trained model to one file, load it into a fresh one, let two threads ask it, and see what a wrong file says.

#include <cstdio>
#include <qmtl/qmtl.hpp>
#include <string>
#include <thread>

using namespace qmtl;

template <int Depth>
using ModelOf =
    QmtlModel<Mlp<20, 16, 6>, AngleEncoding<6>, Task<"first", RotationBlock<2, Layers<Depth>>, Window<0, 2>, Binary>,
              Task<"second", RotationBlock<3, Layers<Depth>>, Window<2, 3>, Classes<3>>,
              Task<"third", RotationBlock<2, Layers<Depth>>, Window<4, 2>, Binary>>;

int main() {
  const auto data = make_related_tasks({.rows = 400}).data;
  ModelOf<1> model{Seed{1}};
  fit(model, data, {.epochs = 5, .optimizer = Adam{.learning_rate = 1e-2}});

  const std::string path = "save_load_example.qmtl";
  save_model(model, path);
  ModelOf<1> fresh{Seed{2}};
  load_model(fresh, path);
  const bool same = model.predict(data.inputs) == fresh.predict(data.inputs);
  std::printf("predictions of the loaded model are the same bits: %s\n", same ? "yes" : "no");

  const ModelOf<1>& served = fresh;  // a const model may be asked by several threads at once
  Batch<double> first, second;
  std::thread other([&] { first = served.predict(data.inputs); });
  second = served.predict(data.inputs);
  other.join();
  const bool agree = first == second;
  std::printf("two threads get the same from one const model: %s\n", agree ? "yes" : "no");

  ModelOf<2> deeper{Seed{3}};
  bool refused = false;
  try {
    load_model(deeper, path);
  } catch (const FileError& error) {
    refused = true;
    std::printf("%s\n", error.what());
  }
  std::remove(path.c_str());
  return same && agree && refused ? 0 : 1;
}
