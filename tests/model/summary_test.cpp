#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/model/summary.hpp>

namespace {

using namespace tsattn;

TEST_CASE("the summary of a chain") {
  Sequential<float> model(1);
  model.add(Lstm{64}).add(AttentionPooling{}).add(Dense{1});
  CHECK(summary(model) ==
        "Layer              Output of a sample       Parameters\n"
        "------------------------------------------------------\n"
        "x (input)          [time=any, features=1]            0\n"
        "lstm               [time=any, features=64]      16,896\n"
        "attention_pooling  [time=1, features=64]            65\n"
        "dense              [time=1, features=1]             65\n"
        "------------------------------------------------------\n"
        "Total parameters: 17,026\n");
}

TEST_CASE("the summary of a graph says what each layer reads") {
  Graph<float> model;
  const NodeId x = model.input({12, 3}, "series"), h = model.add(Rnn{5}, {x}),
               skip = model.add(Dense{.units = 5, .name = "skip"}, {h}), sum = model.add(Add{}, {h, skip}),
               query = model.add(LastStep{}, {sum}),
               context = model.add(Attention{.score = Score::general}, {query, h, h});
  model.add(Dense{1}, {context});
  CHECK(summary(model) ==
        "Layer           Reads                Output of a sample     Parameters\n"
        "----------------------------------------------------------------------\n"
        "series (input)                       [time=12, features=3]           0\n"
        "rnn             series               [time=12, features=5]          45\n"
        "skip (dense)    rnn                  [time=12, features=5]          30\n"
        "add             rnn, skip            [time=12, features=5]           0\n"
        "last_step       add                  [time=1, features=5]            0\n"
        "attention       last_step, rnn, rnn  [time=1, features=5]           25\n"
        "dense           attention            [time=1, features=1]            6\n"
        "----------------------------------------------------------------------\n"
        "Total parameters: 106\n");
}

TEST_CASE("thousands are set apart") {
  struct Case {
    Index number;
    const char* text;
  };
  for (const Case& c : {Case{0, "0"},
                        {7, "7"},
                        {999, "999"},
                        {1000, "1,000"},
                        {17026, "17,026"},
                        {999999, "999,999"},
                        {1234567, "1,234,567"},
                        {-1, "-1"},
                        {-999, "-999"},
                        {-1000, "-1,000"},
                        {-123456, "-123,456"}})
    CHECK(with_thousands_separators(c.number) == c.text);
}

}  // namespace
