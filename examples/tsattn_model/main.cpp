// Makes, looks at, runs, trains and converts model files. docs/model_file.md and docs/exchange.md show it at work.

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "support/program.hpp"

namespace {

/// The options of all subcommands, and which of them was asked for.
class CommandLine {
 public:
  CommandLine() : app_("Makes, looks at, runs, trains and converts model files.", "tsattn_model") {
    app_.require_subcommand(1);
    app_.option_defaults()->always_capture_default();
    add_info(), add_create(), add_import(), add_export(), add_predict(), add_gradients(), add_fit();
  }

  /// Parses and runs. Returns the exit code.
  int run(int argc, char** argv) {
    return examples::run_program(app_, argc, argv, [this] { command_(); });
  }

 private:
  template <class Options>
  CLI::App* add_command(const std::string& name, const std::string& text, Options& options,
                        void (*command_to_run)(const Options&)) {
    CLI::App* command = app_.add_subcommand(name, text);
    command->final_callback(
        [this, &options, command_to_run] { command_ = [&options, command_to_run] { command_to_run(options); }; });
    return command;
  }

  void add_info() {
    CLI::App* command = add_command("info", "summary, metadata, and tensors with their checksums", info_, run_info);
    command->add_option("file", info_.file, "a .safetensors file")->required();
  }

  void add_create() {
    CLI::App* command = add_command("create", "a model with random weights", create_, run_create);
    command->add_option("--spec", create_.spec, "its architecture, JSON (docs/model_file.md)")->required();
    command->add_option("--out", create_.out, "the model file")->required();
    command->add_option("--seed", create_.seed, "of the weights");
    command->add_flag("--double", create_.is_double, "weights in double");
  }

  void add_import() {
    CLI::App* command = add_command("import", "a model with weights of another library", import_, run_import);
    command->add_option("--spec", import_.spec, "its architecture, JSON (docs/model_file.md)")->required();
    command->add_option("--weights", import_.weights, "a .safetensors or .npz file")->required();
    command
        ->add_option("--from", import_.from, "whose names and layouts these are (docs/exchange.md); tsattn's if absent")
        ->check(CLI::IsMember({"torch", "keras"}));
    command->add_option("--out", import_.out, "the model file; in double if float cannot hold a weight exactly")
        ->required();
    command->add_flag("--float", import_.is_float, "always in float");
  }

  void add_export() {
    CLI::App* command =
        add_command("export", "the weights, for other programs, or the model as a header", export_, run_export);
    command->add_option("file", export_.file, "the model file")->required();
    command
        ->add_option("--to", export_.to,
                     "torch: a state_dict; npz: arrays under tsattn's names; header: the model, step by step, or the "
                     "forecaster as "
                     "one C++17 header (docs/embedded.md)")
        ->required()
        ->check(CLI::IsMember({"torch", "npz", "header"}));
    command->add_option("--out", export_.out, "a .safetensors file (torch), an .npz file or a header")->required();
    command->add_option("--name", export_.name, "header: its namespace");
    command
        ->add_option("--attention-steps", export_.attention_steps,
                     "header: how many steps attention pooling looks back on; 0: as many as the model's input has")
        ->check(CLI::Range(tsattn::Index{0}, tsattn::Index{1'000'000'000}));
    command->add_flag(
        "--model-alone", export_.is_model_alone,
        "header: the model of a forecaster, or one with a scaler, alone: it takes and gives scaled values");
  }

  void add_predict() {
    CLI::App* command = add_command("predict", "what a model gives for an array", predict_, run_predict);
    command->add_option("file", predict_.file, "the model file")->required();
    command->add_option("--input", predict_.inputs, "x.npy, (batch, time, features); one for each input of the model")
        ->required();
    command
        ->add_option("--output", predict_.output, "y.npy, (batch, time, features) or, of one step, (batch, features)")
        ->required();
    command->add_option("--weights-out", predict_.weights_out,
                        "the attention weights, (batch, query step, key step) or (batch, key step)");
    command->add_option("--attention", predict_.attention, "the layer that these are of, if there are several");
    command->add_option("--threads", predict_.threads, "most threads to use, 0: all")->check(CLI::Range(0, 1024));
    command->add_flag("--double", predict_.is_double, "compute in double");
  }

  void add_gradients() {
    CLI::App* command = add_command("gradients", "the mean squared error and its gradients", gradients_, run_gradients);
    command->add_option("file", gradients_.file, "the model file")->required();
    command->add_option("--input", gradients_.inputs, "x.npy, one for each input of the model")->required();
    command->add_option("--target", gradients_.target, "y.npy, of the shape of the model's output")->required();
    command->add_option("--out", gradients_.out, ".safetensors file for the gradients, under the names of the weights")
        ->required();
    command->add_option("--input-gradient", gradients_.input_gradients, "dx.npy, at most one for each input");
    command->add_flag("--double", gradients_.is_double, "compute in double");
  }

  void add_fit() {
    CLI::App* command = add_command("fit", "trains a model on arrays", fit_, run_fit);
    const CLI::Range any_count(tsattn::Index{1}, tsattn::Index{1'000'000'000});
    command->add_option("file", fit_.file, "the model file to begin with")->required();
    command->add_option("--input", fit_.input, "x.npy, (batch, time, features)")->required();
    command->add_option("--target", fit_.target, "y.npy, of the shape of the model's output")->required();
    command->add_option("--out", fit_.out, "the model file")->required();
    command->add_option("--optimizer", fit_.optimizer, "how weights are moved")
        ->check(CLI::IsMember({"adam", "sgd", "rmsprop", "adamw"}));
    command->add_option("--learning-rate", fit_.learning_rate, "the optimizer's own default if absent");
    command->add_option("--epochs", fit_.epochs, "how often all samples are seen")->check(any_count);
    command->add_option("--batch-size", fit_.batch_size, "samples in a step")->check(any_count);
    command->add_flag("--no-shuffle", fit_.no_shuffle, "batches in the order of the file");
    command
        ->add_option("--validation-split", fit_.validation_split, "this part of the samples, the last ones, is judged")
        ->check(CLI::Range(0.0, 0.99));
    command->add_option("--clip-norm", fit_.clip_norm, "the largest global norm of a gradient, 0: any");
    command->add_option("--history", fit_.history, "JSON file for the loss of every batch and epoch");
    command->add_option("--checkpoint", fit_.checkpoint,
                        "saved after every epoch; if it is there, training goes on from it");
    command->add_option("--seed", fit_.seed, "of the shuffling");
    command->add_option("--threads", fit_.threads, "most threads to use, 0: all")->check(CLI::Range(0, 1024));
    command->add_flag("--double", fit_.is_double, "train in double");
  }

  CLI::App app_;
  std::function<void()> command_;  // the one that was asked for
  InfoOptions info_;
  CreateOptions create_;
  ImportOptions import_;
  ExportOptions export_;
  PredictOptions predict_;
  GradientsOptions gradients_;
  FitCommandOptions fit_;
};

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  return line.run(argc, argv);
}
