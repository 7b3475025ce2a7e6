// The pinned model files: names, SHA-256, and reading them checked. tools/pins.sha256 pins the same
// values for the set-up; a test holds the two together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/face/engine.h"

namespace cardrig::face {

struct ModelFile {
  std::string_view name;
  std::string_view sha256;  ///< lower-case hexadecimal
};

inline constexpr ModelFile kDetectModel{
    "fr_detect.onnx", "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854"};
inline constexpr ModelFile kLandmarkModel{
    "fr_landmark.onnx", "f10b0ba1d2a8a099adefede1ebf3733e44fe370715e7303dbeb7f59c02142258"};
inline constexpr ModelFile kFeatureModel{
    "fr_feature.onnx", "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581"};
inline constexpr ModelFile kDlibResnetModel{
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"};
inline constexpr ModelFile kDlibShapeModel{
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"};

inline constexpr std::array<ModelFile, 5> kModelFiles{kDetectModel, kLandmarkModel, kFeatureModel,
                                                      kDlibResnetModel, kDlibShapeModel};

/// The bytes of a model; kModelMissing, naming the file and the set-up command, if it is absent or
/// its SHA-256 is not the pinned one.
[[nodiscard]] Result<std::vector<std::uint8_t>, FaceReason> read_model(const std::string& model_dir,
                                                                       const ModelFile& file);

}  // namespace cardrig::face
