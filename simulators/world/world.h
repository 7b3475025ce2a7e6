// The world: who stands where, which card lies on the reader, where every blank and printed card
// is, mains power, network. The one truth that every simulator reads, so that devices cannot
// contradict each other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::sim {

/// An identity document as a physical thing: what its chip holds and how genuine it is.
struct DocumentThing {
  std::string id;  ///< "p01.resident"
  std::string person_id;  ///< whose fixture it was made from
  std::string kind;  ///< "resident", "foreigner_2017", "foreigner_2023", "hmt",
                     ///< "bank_card", "plain_print"
  std::vector<std::uint8_t> text;  ///< 256 bytes, as the chip gives them
  std::vector<std::uint8_t> photo;  ///< 1024 bytes
  std::vector<std::uint8_t> new_address;  ///< 70 bytes; empty: the chip holds no additional address
  bool chip_genuine = true;  ///< false: authentication fails (31/32/33)
  bool chip_works = true;  ///< false: print fine, chip dead
};

/// What stands before the camera.
struct Subject {
  std::string kind = "person";  ///< "person", "printed_photo", "screen"
  std::string person_id;
  double distance_m = 0.6;
  double offset_m = 0;  ///< to the side
};

/// A PVC card as a physical thing. Cards are conserved: made by loading the hopper only.
enum class CardPlace { kHopper, kPath, kExit, kTaken, kRejectBin, kStaff };
[[nodiscard]] const char* to_string(CardPlace place);

struct CardThing {
  int number = 0;  ///< from 1, in the order of loading
  CardPlace place = CardPlace::kHopper;
  bool printed = false;  ///< printing of its face was finished
  bool spoilt = false;  ///< partly printed or damaged
  std::string attempt_id;  ///< the job that printed it
  PicturePtr face;  ///< what is printed on it
  std::vector<std::uint8_t> face_png;
  std::string taken_by;  ///< person id, once taken
};

class World {
 public:
  World(Tracer& tracer, Loop& loop) : tracer_(tracer), loop_(loop) {}

  // Documents and the reader's field.
  void add_document(DocumentThing document);
  [[nodiscard]] const DocumentThing* find_document(const std::string& id) const;
  bool place_document(const std::string& id);  ///< false: unknown, or one lies there already
  bool lift_document();  ///< false: none lies there
  [[nodiscard]] const DocumentThing* document_on_reader() const;
  /// Rises with every placing: lets the reader tell "still there" from "placed again".
  [[nodiscard]] std::uint64_t placings() const { return placings_; }

  // Before the camera.
  void set_subjects(std::vector<Subject> subjects);
  [[nodiscard]] const std::vector<Subject>& subjects() const { return subjects_; }
  void set_light(double level);  ///< 1 normal, 0 dark
  [[nodiscard]] double light() const { return light_; }

  // Cards.
  void load_hopper(int cards);
  CardThing* next_blank();  ///< the lowest card in the hopper, or null
  void move_card(int number, CardPlace to);
  [[nodiscard]] const std::vector<CardThing>& cards() const { return cards_; }
  CardThing& card(int number);
  [[nodiscard]] int count(CardPlace place) const;
  [[nodiscard]] const CardThing* card_at_exit() const;
  bool take_card(const std::string& person_id);  ///< false: no card at the exit
  void empty_reject_bin();  ///< staff: cards go to kStaff

  // Supply of the site.
  void set_mains(bool on);
  [[nodiscard]] bool mains() const { return mains_; }
  void set_network(bool up);
  [[nodiscard]] bool network() const { return network_; }
  /// The staff's key in the kiosk's side.
  void turn_service_key(bool on);
  [[nodiscard]] bool service_key() const { return service_key_; }

  /// Called after every change, with its event kind ("world.document_placed"…).
  void on_change(std::function<void(const std::string& kind)> f);
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  void changed(const std::string& kind, std::vector<Field> fields);

  Tracer& tracer_;
  Loop& loop_;
  std::map<std::string, DocumentThing> documents_;
  std::string on_reader_;
  std::uint64_t placings_ = 0;
  std::vector<Subject> subjects_;
  double light_ = 1;
  std::vector<CardThing> cards_;
  bool mains_ = true;
  bool network_ = true;
  bool service_key_ = false;
  std::vector<std::function<void(const std::string&)>> observers_;
};

}  // namespace cardrig::sim
