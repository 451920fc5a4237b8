#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>

namespace tsattn {

/// Writes the state of something that runs for long (a training, its optimizer) to a place, or reads it from there:
/// which of the two only the visitor knows. What can be continued has
///   void visit_state(StateVisitor& visitor)
/// and visits all that it would need to go on with the same bits, in one order and under names that are unique within
/// their scope. Writing takes what is visited as it is at that moment; reading resizes buffers and vectors.
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;

  void visit(std::string_view name, Index& value) { on_integer(full_name(name), value); }
  void visit(std::string_view name, std::uint64_t& value) { on_bits(full_name(name), value); }
  void visit(std::string_view name, double& value) { on_number(full_name(name), value); }
  void visit(std::string_view name, std::string& value) { on_text(full_name(name), value); }
  void visit(std::string_view name, AlignedBuffer<float>& values) { on_floats(full_name(name), values); }
  void visit(std::string_view name, AlignedBuffer<double>& values) { on_doubles(full_name(name), values); }
  void visit(std::string_view name, std::vector<Index>& values) { on_integers(full_name(name), values); }

  /// While it lives, names have "`name`." before them.
  class Scope {
   public:
    Scope(StateVisitor& visitor, std::string_view name) : visitor_(visitor), outer_(visitor.prefix_.size()) {
      visitor_.prefix_.append(name).append(1, '.');
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { visitor_.prefix_.resize(outer_); }

   private:
    StateVisitor& visitor_;
    std::string::size_type outer_;
  };

 protected:
  virtual void on_integer(const std::string& name, Index& value) = 0;
  virtual void on_bits(const std::string& name, std::uint64_t& value) = 0;
  virtual void on_number(const std::string& name, double& value) = 0;
  virtual void on_text(const std::string& name, std::string& value) = 0;
  virtual void on_floats(const std::string& name, AlignedBuffer<float>& values) = 0;
  virtual void on_doubles(const std::string& name, AlignedBuffer<double>& values) = 0;
  virtual void on_integers(const std::string& name, std::vector<Index>& values) = 0;

 private:
  std::string full_name(std::string_view name) const { return prefix_ + std::string(name); }

  std::string prefix_;
};

/// Visits a value that may be absent, as the number of values and the value.
template <class Value>
void visit_optional(StateVisitor& visitor, std::string_view name, std::optional<Value>& value) {
  const StateVisitor::Scope scope(visitor, name);
  Index count = value ? 1 : 0;
  visitor.visit("count", count);
  if (count == 0) {
    value.reset();
  } else {
    if (!value) value.emplace();
    visitor.visit("value", *value);
  }
}

/// Visits a list of things that have a visit_state. When it is read, elements are made one by one, so that a number
/// that is nonsense ends where the file has no more of them.
template <class Element>
void visit_list(StateVisitor& visitor, std::string_view name, std::vector<Element>& list) {
  const StateVisitor::Scope scope(visitor, name);
  auto count = static_cast<Index>(list.size());
  visitor.visit("count", count);
  const std::size_t size = count < 0 ? 0 : static_cast<std::size_t>(count);
  if (list.size() > size) list.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (i == list.size()) list.emplace_back();
    const StateVisitor::Scope element(visitor, std::to_string(i));
    list[i].visit_state(visitor);
  }
}

}  // namespace tsattn
