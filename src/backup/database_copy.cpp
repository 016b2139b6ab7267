#include "backup/database_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>

#include "base/text.h"
#include "operation/interruption.h"
#include "operation/meter.h"
#include "tools/held_session.h"

namespace ballast {

namespace {

constexpr int snapshots_tried = 10;
// As long as Odoo's own collection waits for its lock.
constexpr Duration collection_patience = std::chrono::seconds(10);
// Whoever wants the table whole meanwhile (an upgrade) waits for this, and all others behind it.
constexpr Duration collection_held = std::chrono::seconds(30);
constexpr std::size_t rows_asked_at_once = 1000;
constexpr Duration longest_dump = std::chrono::hours(6);
constexpr std::string_view attachment_names =
    "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL";

struct NamedFile {
  AttachmentName name;
  std::uint64_t size = 0;  // as the row tells it; 0: it does not
};

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Those of `names` that some row still names, sorted.
std::vector<NamedFile> still_named(Postgres& postgres, const std::string& database,
                                   const std::vector<AttachmentName>& names, bool has_sizes) {
  std::vector<NamedFile> standing;
  for (std::size_t first = 0; first < names.size(); first += rows_asked_at_once) {
    std::vector<std::string> quoted;
    for (std::size_t i = first; i < std::min(names.size(), first + rows_asked_at_once); ++i)
      quoted.push_back(quoted_literal(names[i].text()));
    for (const auto& row :
         postgres.query(database, fmt::format("SELECT store_fname, {} FROM ir_attachment WHERE "
                                              "store_fname IN ({}) GROUP BY store_fname",
                                              has_sizes ? "max(coalesce(file_size, 0))" : "0",
                                              join(quoted, ", "))))
      if (const auto name = parse_attachment_name(row.at(0)))
        standing.push_back({.name = *name, .size = number_in(row.at(1))});
  }
  std::ranges::sort(standing, {}, &NamedFile::name);
  return standing;
}

const NamedFile* find(const std::vector<NamedFile>& files, const AttachmentName& name) {
  const auto found = std::ranges::lower_bound(files, name, {}, &NamedFile::name);
  return found != files.end() && found->name == name ? &*found : nullptr;
}

std::vector<AttachmentName> merged(const std::vector<AttachmentName>& left,
                                   const std::vector<AttachmentName>& right) {
  std::vector<AttachmentName> all;
  all.reserve(left.size() + right.size());
  std::ranges::merge(left, right, std::back_inserter(all));
  return all;
}

class DatabaseCopy {
 public:
  DatabaseCopy(const CopyWays& ways, SetDatabase& database, Copied& copied)
      : ways_(ways), database_(database), copied_(copied) {}

  void take() {
    look_at_tables();
    for (int attempt = 1; attempt <= snapshots_tried; ++attempt) {
      // Right before the snapshot: only what comes and goes in this moment can still be missed.
      if (has_attachments_) ways_.filestore->take_new(database_.name, ways_.progress);
      if (attempt > 1) collection_ = hold_off_collection();
      if (take_snapshot(attempt == snapshots_tried)) return;
      ways_.progress.note(
          fmt::format("attachments of {} went meanwhile: a new snapshot", database_.name));
    }
  }

 private:
  void look_at_tables() {
    const auto tables =
        ways_.postgres.query(database_.name,
                             "SELECT to_regclass('public.ir_module_module') IS NOT NULL, "
                             "to_regclass('public.ir_attachment') IS NOT NULL, "
                             "EXISTS (SELECT FROM pg_attribute WHERE attrelid = "
                             "to_regclass('public.ir_attachment') AND attname = 'file_size' AND "
                             "NOT attisdropped)");
    database_.odoo = tables.front().at(0) == "t";
    has_attachments_ = tables.front().at(1) == "t" && ways_.filestore != nullptr;
    has_sizes_ = tables.front().at(2) == "t";
  }

  // From before a snapshot until its files are copied, no file of a row that it sees goes. Not for
  // the first one: it nearly always does without, and a session more is time. Where the role may
  // not, or another holds the table, there is still luck.
  std::unique_ptr<HeldTable> hold_off_collection() {
    try {
      return std::make_unique<HeldTable>(ways_.postgres, database_.name, ways_.session,
                                         "ir_attachment", collection_patience, collection_held);
    } catch (const Error& error) {
      if (error.kind() == Kind::interrupted) throw;
      ways_.progress.note(fmt::format("the collection of attachments of {} is not held off: {}",
                                      printable(database_.name), error.message()));
      return nullptr;
    }
  }

  // False: attachments that it names were deleted with their rows meanwhile.
  bool take_snapshot(bool last_try) {
    names_.clear();
    make_room_for_names();
    lost_.clear();
    database_.damage.clear();
    HeldSnapshot snapshot(ways_.postgres, database_.name, ways_.session,
                          has_attachments_ ? std::string(attachment_names) : std::string(),
                          ways_.counted_tables, longest_dump,
                          [this](std::string_view text) { take_name(text); });
    std::ranges::sort(names_);
    const bool settled = settle_attachments();
    collection_.reset();
    if (!settled) {
      if (!last_try) return false;
      throw Error(
          Kind::failed,
          fmt::format("attachments were deleted faster than they could be copied ({} tries)",
                      snapshots_tried));
    }
    for (const auto& [table, rows] : snapshot.rows())
      database_.rows[table] = static_cast<std::uint64_t>(rows);
    dump(snapshot);
    keep_list();
    database_.dump = dump_file(database_.name);
    return true;
  }

  // About as many as production has files: names that outgrow their room are there twice meanwhile.
  void make_room_for_names() {
    if (!has_attachments_) return;
    const std::size_t seen = ways_.filestore->seen().size();
    names_.reserve(seen + seen / 64);
  }

  void take_name(std::string_view text) {
    if (const auto name = parse_attachment_name(text))
      names_.push_back(*name);
    else
      database_.damage.push_back({std::string(text), "not a SHA-1 name"});
  }

  // All of them in the pool, but those that production itself has lost.
  bool settle_attachments() {
    if (!has_attachments_) return true;
    LiveFilestore& live = *ways_.filestore;
    const Pool::Stock stock = live.pool().stock_of(names_, live.seen());
    database_.attachment_bytes = stock.bytes;
    if (live.trouble().empty()) return settle_with_production(stock);
    settle_without_production(stock);
    return true;
  }

  // What the pool has is looked for in production all the same: what is lost there is to be told
  // while a copy is left.
  bool settle_with_production(const Pool::Stock& stock) {
    const auto wanted = merged(stock.missing, stock.unseen);
    ways_.filestore->bring(database_.name, wanted);
    std::vector<AttachmentName> gone;
    std::vector<AttachmentName> bent;
    for (const AttachmentName& name : wanted) {
      std::uint64_t bytes = 0;
      switch (ways_.filestore->take(database_.name, name, bytes)) {
        case Pool::Taken::absent: gone.push_back(name); break;
        case Pool::Taken::damaged: bent.push_back(name); break;
        case Pool::Taken::yes:
          if (std::ranges::binary_search(stock.missing, name)) database_.attachment_bytes += bytes;
      }
    }
    return settle_losses(gone, "missing") && settle_losses(bent, "damaged");
  }

  // False: the pool lacks one whose row has gone meanwhile, and so it is no loss.
  bool settle_losses(const std::vector<AttachmentName>& names, const char* what) {
    const auto standing = still_named(ways_.postgres, database_.name, names, has_sizes_);
    for (const AttachmentName& name : names) {
      const NamedFile* row = find(standing, name);
      if (is_whole_in_pool(name, row == nullptr ? 0 : row->size)) {
        if (row != nullptr) database_.damage.push_back({name.text(), what, true});
        continue;
      }
      if (row == nullptr) return false;
      database_.damage.push_back({name.text(), what});
      lost_.push_back(name);
    }
    forget_lost();
    return true;
  }

  // The pool alone tells what there is.
  void settle_without_production(const Pool::Stock& stock) {
    const std::size_t named = names_.size();
    lost_ = stock.missing;
    const auto standing = still_named(ways_.postgres, database_.name, stock.unseen, has_sizes_);
    for (const AttachmentName& name : stock.unseen) {
      const NamedFile* row = find(standing, name);
      if (!is_whole_in_pool(name, row == nullptr ? 0 : row->size)) lost_.push_back(name);
    }
    const std::size_t lacking = lost_.size();
    forget_lost();
    if (named == 0) return;
    const std::string why = fmt::format("attachments of {}: the live ones cannot be read: {}",
                                        printable(database_.name), ways_.filestore->trouble());
    if (lacking == 0)
      copied_.remarks.push_back(fmt::format("{}; the pool has all {} of them", why, named));
    else
      copied_.reasons.push_back(
          fmt::format("{}; {} of {} are not in the pool", why, lacking, named));
  }

  bool is_whole_in_pool(const AttachmentName& name, std::uint64_t size) {
    const auto condition = ways_.filestore->pool().condition_of(name, size);
    if (condition == Pool::Condition::damaged) copied_.damaged_in_pool.push_back(name);
    return condition == Pool::Condition::whole;
  }

  // The list of the set is to name what is there.
  void forget_lost() {
    if (lost_.empty()) return;
    std::ranges::sort(lost_);
    std::erase_if(names_, [&](const AttachmentName& name) {
      return std::ranges::binary_search(lost_, name);
    });
    lost_.clear();
  }

  void dump(const HeldSnapshot& snapshot) {
    try {
      write_dump(snapshot);
    } catch (...) {
      // Who reads it back must end before the files go.
      ways_.proof.abandon();
      throw;
    }
  }

  void write_dump(const HeldSnapshot& snapshot) {
    const std::string path = dump_file(database_.name);
    auto file = ways_.folder.create(path);
    Meter meter(ways_.progress, fmt::format("dump of {}:", printable(database_.name)));
    ways_.proof.begin(path);
    dump_database(ways_.postgres, database_.name, snapshot.id(), ways_.session, longest_dump,
                  [&](std::string_view piece) {
                    file->append(piece);
                    ways_.proof.grown(piece.size());
                    meter.add(piece.size());
                    stop_when_interrupted(ways_.host, "dumping " + database_.name);
                  });
    ways_.folder.record(path, file->finish());
    ways_.proof.whole();
  }

  void keep_list() {
    if (names_.empty()) return;
    database_.attachments = attachments_file(database_.name);
    database_.attachment_count = names_.size();
    ways_.folder.put_list(database_.attachments, names_);
  }

  const CopyWays& ways_;
  SetDatabase& database_;
  Copied& copied_;
  bool has_attachments_ = false;
  bool has_sizes_ = false;             // its rows tell how large the files are
  std::vector<AttachmentName> names_;  // that the snapshot names, sorted
  std::vector<AttachmentName> lost_;   // of those: neither production nor the pool has them whole
  std::unique_ptr<HeldTable> collection_;
};

}  // namespace

void copy_database(const CopyWays& ways, SetDatabase& database, Copied& copied) {
  DatabaseCopy(ways, database, copied).take();
}

}  // namespace ballast
