#include "scenarios/engine/kube/manifests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/yaml/yaml.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

bool is_kustomization(const fs::path& folder) {
  constexpr std::array kNames{"kustomization.yaml", "kustomization.yml", "Kustomization"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](const char* name) { return fs::exists(folder / name); });
}

bool is_manifest(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::vector<fs::path> manifest_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_regular_file() && is_manifest(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Adds one document's objects; a List counts as what it holds.
Result<void> add(Manifests& all, json document, const std::string& file) {
  const auto kind = text_at(document, "kind");
  if (kind == "List" && document.contains("items") && document["items"].is_array()) {
    for (auto& item : document["items"])
      if (auto added = add(all, std::move(item), file); !added) return added;
    return {};
  }
  if (kind.empty() || text_at(document, "apiVersion").empty() ||
      text_at(document, "metadata", "name").empty())
    return invalid_input(
        fmt::format("{}: a manifest needs apiVersion, kind and metadata.name", file));
  if (kind != "Namespace") all.push_back(std::move(document));
  return {};
}

Result<void> add_text(Manifests& all, const std::string& text, const std::string& file) {
  const auto documents = yaml::read_text(text, file);
  if (!documents) return documents.error();
  for (const auto& document : *documents) {
    auto object = yaml::to_json(document, file);
    if (!object) return object.error();
    if (auto added = add(all, std::move(*object), file); !added) return added;
  }
  return {};
}

Result<void> add_file(Manifests& all, const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return invalid_input(fmt::format("{}: cannot be read", file.string()));
  return add_text(all, text.str(), file.string());
}

// The pod specs inside an object, whatever its kind.
std::vector<json*> pod_specs(json& object) {
  std::vector<json*> specs;
  for (const char* pointer : {"/spec/template/spec", "/spec/jobTemplate/spec/template/spec"})
    if (const json::json_pointer where{pointer}; object.contains(where))
      specs.push_back(&object[where]);
  if (text_at(object, "kind") == "Pod" && object.contains("spec")) specs.push_back(&object["spec"]);
  return specs;
}

int weight(const json& object) {
  constexpr std::array kFirst{"CustomResourceDefinition",
                              "ServiceAccount",
                              "Role",
                              "ClusterRole",
                              "RoleBinding",
                              "ClusterRoleBinding",
                              "ConfigMap",
                              "Secret",
                              "PersistentVolumeClaim",
                              "Service"};
  const auto kind = text_at(object, "kind");
  const auto found = std::find(kFirst.begin(), kFirst.end(), kind);
  if (found != kFirst.end()) return static_cast<int>(found - kFirst.begin());
  return kind == "HorizontalPodAutoscaler" ? 100 : 50;
}

}  // namespace

asio::awaitable<Result<Manifests>> load_manifests(asio::any_io_executor executor, Kubectl kubectl,
                                                  std::vector<std::string> paths) {
  Manifests all;
  for (const auto& path : paths) {
    Result<void> added;
    if (fs::is_directory(path) && is_kustomization(path)) {
      process::Argv argv{kubectl.program, "kustomize", path};
      const auto output = co_await process::run(executor, std::move(argv), 60s);
      if (!output) co_return output.error();
      if (!output->exit.ok())
        co_return invalid_input(fmt::format("{}: kubectl kustomize: {}", path,
                                            output->err.substr(0, output->err.find('\n'))));
      added = add_text(all, output->out, path);
    } else if (fs::is_directory(path)) {
      const auto files = manifest_files(path);
      if (files.empty())
        co_return invalid_input(fmt::format("{}: no manifest in this folder", path));
      for (const auto& file : files)
        if (added) added = add_file(all, file);
    } else {
      added = add_file(all, path);
    }
    if (!added) co_return added.error();
  }
  co_return all;
}

void claim_object(json& object, const std::string& run, const std::string& image_prefix) {
  object["metadata"]["labels"][kRunIdLabel] = run;
  if (const json::json_pointer pods{"/spec/template"}; object.contains(pods / "spec"))
    object[pods]["metadata"]["labels"][kRunIdLabel] = run;
  const std::string from = std::string{kDefaultImagePrefix} + "/";
  for (json* spec : pod_specs(object))
    for (const char* key : {"initContainers", "containers"}) {
      if (!spec->contains(key)) continue;
      for (auto& container : (*spec)[key])
        if (const auto image = text_at(container, "image"); image.starts_with(from))
          container["image"] = image_prefix + "/" + image.substr(from.size());
    }
}

void sort_for_apply(Manifests& manifests) {
  std::stable_sort(manifests.begin(), manifests.end(),
                   [](const json& a, const json& b) { return weight(a) < weight(b); });
}

std::string object_title(const json& object) {
  std::string kind = text_at(object, "kind");
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return kind + "/" + text_at(object, "metadata", "name");
}

}  // namespace plimsoll::engine::kube
