// The platform's store and the file it lies in.
#include "mock-platform/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "tests/mock-platform/bench.h"

namespace cardrig::mock_platform {
namespace {

TEST(Store, OpensAFileOfAnOlderVersion) {
  const std::string path = ::testing::TempDir() + "older_platform.db";
  std::filesystem::remove(path);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db,
                         "CREATE TABLE permits (permit_id TEXT PRIMARY KEY, document_type TEXT NOT "
                         "NULL, id_number TEXT NOT NULL, name TEXT NOT NULL, certificate TEXT NOT "
                         "NULL, photo BLOB NOT NULL, state TEXT NOT NULL) WITHOUT ROWID",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  for (int opened = 0; opened < 2; ++opened) {
    Store store(path);
    EXPECT_FALSE(store.permit("permit-1").has_value());
    Permit permit = tests::sample_permit("permit-2");
    permit.certificate.photo = nullptr;
    permit.record_number = "P2026000001";
    permit.listed = false;
    store.put_permit(permit, {});
    const auto kept = store.permit("permit-2");
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->record_number, "P2026000001");
    EXPECT_FALSE(kept->listed);
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace cardrig::mock_platform
