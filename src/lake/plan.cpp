/// Planning of columns.
#include "plan.hpp"

#include <algorithm>

#include "declared.hpp"
#include "names.hpp"
#include "source.hpp"
#include "trawl/base/format.hpp"
#include "widen.hpp"

namespace trawl::lake {
namespace {

/// Finds out whether whole numbers that meet fractions all fit a double. Returns true if it had to look.
bool settle_doubts(Schema& known, const Type& observed, const TableSnapshot& base, const std::filesystem::path& table,
                   Duck& duck) {
    const std::vector<Doubt> open = doubts(known.columns, observed, "");
    if (open.empty()) return false;
    std::vector<std::string> questions;
    for (const Doubt& doubt : open) {
        questions.push_back(trawl::format("CAST(coalesce(bool_or({}), false) AS VARCHAR)", doubt.too_big));
    }
    std::vector<std::string> files;
    for (const auto& [path, file] : base.files) files.push_back(path);
    const Rows answers = duck.run(
        trawl::format("SELECT {} FROM ({})", comma_list(questions), source_sql(table, base.schema, files, false)));
    for (std::size_t i = 0; i < open.size(); ++i) {
        if (answers.rows.at(0).at(i) == "false") *open[i].leaf = Kind::int53;
    }
    return true;
}

}  // namespace

Plan make_plan(const TableSnapshot* base, const Type& observed, const std::vector<DeclaredColumn>& declared,
               const std::vector<std::string>& primary_key, const std::filesystem::path& table, Duck& duck) {
    Plan plan;
    if (base == nullptr) {
        plan.schema = make_schema(observed, nullptr, declared);
        plan.schema_text = to_delta(plan.schema);
    } else {
        JsonReader reader;
        plan.known_text = base->schema;
        plan.known = from_delta(reader.parse(base->schema));
        const std::string as_it_is = to_delta(*plan.known);
        plan.looked_at_values = settle_doubts(*plan.known, observed, *base, table, duck);
        check_declared(plan.known->columns, declared);
        plan.schema = make_schema(observed, &*plan.known, declared);
        plan.schema_text = to_delta(plan.schema);
        // Unchanged: keep the text that is there, with whatever other tools have written into it.
        if (plan.schema_text == as_it_is) plan.schema_text = base->schema;
        plan.retyped = retyped_columns(*plan.known, plan.schema);
        plan.notes = retyping_notes(*plan.known, plan.schema);
    }
    plan.notes.insert(plan.notes.end(), plan.schema.notes.begin(), plan.schema.notes.end());
    plan.key = key_parts(plan.schema, primary_key);
    return plan;
}

std::string emptied_schema(const std::string& schema, const std::vector<DeclaredColumn>& declared) {
    if (declared.empty()) return schema;
    JsonReader reader;
    const Schema known = from_delta(reader.parse(schema));
    if (known.whole_record) return schema;
    Schema wanted = known;
    for (const DeclaredColumn& column : declared) {
        std::vector<Field>& fields = wanted.columns.fields;
        const auto same = [&](const Field& field) { return field.key == column.key; };
        const auto found = std::find_if(fields.begin(), fields.end(), same);
        found == fields.end() ? fields.push_back({column.key, column.type, {}}) : void(found->type = column.type);
    }
    give_columns(wanted.columns, &known.columns);
    const std::string text = to_delta(wanted);
    return text == to_delta(known) ? schema : text;
}

}  // namespace trawl::lake
