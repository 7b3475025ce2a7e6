// Authorities and certificates for tests of TLS, made when they are needed: nothing expires in the
// repository, and no private key is in it.
#pragma once

#include <memory>
#include <string>

namespace cardrig::test {

/// What a certificate is issued for.
struct Subject {
  std::string name;  ///< common name
  std::string hosts;  ///< as in "DNS:localhost,IP:127.0.0.1"; "": no host's
  bool expired = false;
};

/// An authority with a key of its own. Files are PEM.
class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  void write_certificate(const std::string& file) const;
  /// A certificate of this authority with its private key.
  void issue(const Subject& subject, const std::string& certificate_file,
             const std::string& key_file) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardrig::test
