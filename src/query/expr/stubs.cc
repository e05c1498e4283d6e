#include "query/expr/families.h"
namespace millrace::expr {
void AddMath(std::vector<Function>*) {}
void AddText(std::vector<Function>*) {}
void AddPattern(std::vector<Function>*) {}
void AddTemporal(std::vector<Function>*) {}
void AddJson(std::vector<Function>*) {}
void AddVector(std::vector<Function>*) {}
}  // namespace millrace::expr
