// Distances between EMBEDDING values, computed in double.
#include <cmath>

#include "query/expr/families.h"
#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

using Bytes = std::string_view;

// Element i of the little-endian float32 payload.
double Element(Bytes embedding, size_t i) {
  float element;
  std::memcpy(&element, embedding.data() + i * sizeof(float), sizeof(float));
  return static_cast<double>(element);
}

// Runs `function(a, b, elements)` on pairs of equal dimensions.
template <typename F>
Status OnPairs(KernelCall& call, Column* out, F function) {
  return MapRows<Bytes, Bytes>(call, out, [&](Bytes a, Bytes b) -> Result<double> {
    if (a.size() != b.size()) {
      return InvalidArgument("different embedding dimensions " +
                             std::to_string(a.size() / sizeof(float)) + " and " +
                             std::to_string(b.size() / sizeof(float)))
          .WithSqlState("22000");
    }
    return function(a, b, a.size() / sizeof(float));
  });
}

double DotProduct(Bytes a, Bytes b, size_t elements) {
  double sum = 0;
  for (size_t i = 0; i < elements; ++i) sum += Element(a, i) * Element(b, i);
  return sum;
}

// 1 - cos(a, b); NaN when one of them is zero.
double CosineDistance(Bytes a, Bytes b, size_t elements) {
  const double norms = DotProduct(a, a, elements) * DotProduct(b, b, elements);
  return 1 - DotProduct(a, b, elements) / std::sqrt(norms);
}

double L2Distance(Bytes a, Bytes b, size_t elements) {
  double sum = 0;
  for (size_t i = 0; i < elements; ++i) {
    const double difference = Element(a, i) - Element(b, i);
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

Status CosineDistanceKernel(KernelCall& call, Column* out) {
  return OnPairs(call, out, CosineDistance);
}
Status L2DistanceKernel(KernelCall& call, Column* out) { return OnPairs(call, out, L2Distance); }
Status DotProductKernel(KernelCall& call, Column* out) { return OnPairs(call, out, DotProduct); }

Status Dimensions(KernelCall& call, Column* out) {
  return MapRows<Bytes>(call, out,
                        [](Bytes a) { return static_cast<int32_t>(a.size() / sizeof(float)); });
}

}  // namespace

void AddVector(std::vector<Function>* functions) {
  const Function all[] = {
      Define("cosine_distance(embedding, embedding) double", CosineDistanceKernel),
      Define("l2_distance(embedding, embedding) double", L2DistanceKernel),
      Define("dot_product(embedding, embedding) double", DotProductKernel),
      Define("inner_product(embedding, embedding) double", DotProductKernel),
      Define("embedding_dimensions(embedding) int", Dimensions, kTotal),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
