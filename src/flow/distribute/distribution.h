#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/wire/link_frame.h"
#include "flow/deliver/queue.h"
#include "flow/envelope/context.h"
#include "records/firmware/firmware.h"

namespace meterway::flow::distribute {

/// Brings firmware images to the devices that wait for them (records/firmware): asks each device's region to transfer
/// the image, gives the region the image in blocks when it says that it does not have it, tries again after what
/// failed, and gives up at the deadline. The User hears of both ends by DCC alerts where they have a code
/// (spec/dcc_alerts.tsv).
///
/// What the store holds is all that must not be lost: which blocks a region has is found out again after a restart.
/// All of it runs in one lane. Sharing: the calls from any thread; outlives the executor's work.
class Distribution {
 public:
  static constexpr std::size_t kStep = 100;  ///< transfers in one write
  static constexpr std::size_t kWindow = 4;  ///< blocks under way to one region

  /// What the link does (flow/wan); both return the number of the hello that the hub is reached by.
  struct Out {
    std::function<Result<std::uint64_t>(Eui64 hub, Eui64 device, const wire::ImageHash& image,
                                        const RequestId& request)>
        transfer;
    std::function<Result<std::uint64_t>(Eui64 hub, wire::LinkImageBlock block)> block;
  };
  using Post = std::function<void(const deliver::Place&)>;
  Distribution(const Context& context, Out out, Post post)
      : context_(context), out_(std::move(out)), post_(std::move(post)) {}
  void start();
  /// The store holds transfers that it did not hold before. Between what is due it sleeps.
  void look();

  /// The region says: the device has its image, or why not.
  void transferred(Eui64 device, std::optional<wire::LinkFailure> why, std::uint64_t hello);
  /// The region behind that hello has the block.
  void block_taken(const wire::ImageHash& image, std::uint32_t offset, std::uint64_t hello);

 private:
  using Transfer = firmware::Transfer;
  /// An image on its way to a region.
  struct Upload {
    Eui64 hub;  ///< any that is reached through it
    std::uint32_t size = 0;
    std::uint32_t next = 0;       ///< block to be sent
    std::set<std::uint32_t> out;  ///< blocks not confirmed
    std::set<Eui64> waiting;      ///< devices whose transfer needs it
    UtcTime moved{};              ///< when something was confirmed last
    UtcTime sent{};               ///< when something was sent last
  };
  using UploadKey = std::pair<std::uint64_t, wire::ImageHash>;

  void run();
  void sleep();
  Status step(UtcTime now);
  void ask(const Transfer& transfer, Eui64 hub);
  void delivered(Eui64 device);
  void begin_upload(Eui64 device, std::uint64_t hello);
  void go_on(const UploadKey& key, Upload& upload);
  void send_block(const UploadKey& key, Upload& upload, std::uint32_t number);
  void finish(const Upload& upload);
  void look_after_uploads(UtcTime now);
  void note(const Transfer& transfer, const char* outcome, std::string detail);

  const Context& context_;
  const Out out_;
  const Post post_;
  std::map<UploadKey, Upload> uploads_;  ///< the lane's own
  std::optional<UtcTime> wake_;          ///< when it runs next; the lane's own
};

}  // namespace meterway::flow::distribute
