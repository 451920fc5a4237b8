#pragma once

#include <string>

#include <tsattn/plot/gnuplot.hpp>

#include "trials.hpp"

/// Draws the MSE of every model and every forecast without one, a line each, on a logarithmic axis; of several seeds
/// the mean, the smallest and the largest: plots/comparison.
tsattn::PlotResult draw_comparison(const examples::ResultsFolder& folder, const Gallery& gallery,
                                   const std::string& title);
