/// The logins of a connector.
#include <algorithm>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/url.hpp"

namespace trawl::fetch {
namespace {

/// Reads one `auth` table, and keeps what it sends as secret.
class LoginReader {
public:
    LoginReader(const TomlMember& auth, std::vector<std::string>& secrets, ConnectorProblems& problems)
        : reader_(auth.value, "auth", problems), secrets_(secrets) {}

    std::optional<Login> read() {
        if (!reader_.need("type")) return std::nullopt;
        const auto type = reader_.word("type", auth_types);
        if (!type) return std::nullopt;
        using Read = Login (LoginReader::*)();
        constexpr std::array<Read, auth_types.size()> reads = {
            &LoginReader::bearer, &LoginReader::api_key, &LoginReader::basic, &LoginReader::digest,
            &LoginReader::oauth2, &LoginReader::jwt,     &LoginReader::aws};
        return (this->*reads[*type])();
    }

private:
    Login bearer() {
        reader_.check_keys(bearer_keys);
        return BearerLogin{secret("token")};
    }

    Login api_key() {
        reader_.check_keys(api_key_keys);
        ApiKeyLogin login;
        login.name = reader_.text("name").value_or("Authorization");  // dlt's default
        login.api_key = secret("api_key");
        login.location = static_cast<ApiKeyLogin::Location>(reader_.word("location", key_locations).value_or(0));
        return login;
    }

    Login basic() {
        const DigestLogin login = std::get<DigestLogin>(digest());
        return BasicLogin{login.username, login.password};
    }

    Login digest() {
        reader_.check_keys(password_keys);
        DigestLogin login;
        login.username = reader_.needed_text("username");
        // Some APIs take a key as the name, and nothing as the password.
        const TomlMember* password = reader_.need("password") ? reader_.find("password", TomlKind::string) : nullptr;
        if (password) login.password = password->value.text;
        keep(login.password.empty() ? login.username : login.password);
        return login;
    }

    Login oauth2() {
        reader_.check_keys(oauth2_keys);
        OAuth2Login login;
        login.access_token_url = reader_.needed_text("access_token_url");
        check_url("access_token_url", login.access_token_url);
        login.client_id = reader_.needed_text("client_id");
        login.client_secret = secret("client_secret");
        login.scope = reader_.text("scope").value_or("");
        login.secret_in_body = reader_.word("token_endpoint_auth_method", oauth2_methods) == 1;
        if (const TomlMember* data = reader_.find("access_token_request_data", TomlKind::table))
            parameters(*data, login);
        return login;
    }

    void parameters(const TomlMember& data, OAuth2Login& login) {
        const TableReader fields(data.value, data.name, reader_.problems());
        for (const TomlMember& member : data.value.members)
            if (const auto value = fields.text(member.name)) login.parameters.emplace_back(member.name, *value);
    }

    // dlt's words (OAuthJWTAuth).
    Login jwt() {
        reader_.check_keys(jwt_keys);
        JwtLogin login;
        login.auth_endpoint = reader_.needed_text("auth_endpoint");
        check_url("auth_endpoint", login.auth_endpoint);
        login.client_id = reader_.needed_text("client_id");
        login.private_key = secret("private_key");
        login.private_key_passphrase = reader_.text("private_key_passphrase").value_or("");
        keep(login.private_key_passphrase);
        check_key(login);
        for (const std::string& scope : reader_.texts("scopes"))
            login.scopes += (login.scopes.empty() ? "" : " ") + scope;
        login.default_token_expiration = reader_.duration("default_token_expiration");
        if (const TomlMember* headers = reader_.find("headers", TomlKind::table)) {
            const TableReader fields(headers->value, headers->name, reader_.problems());
            for (const TomlMember& member : headers->value.members)
                if (const auto value = fields.text(member.name)) login.headers.emplace_back(member.name, *value);
        }
        return login;
    }

    // A message may show a line of what it cannot read: each line of the key is a secret.
    void check_key(const JwtLogin& login) {
        if (login.private_key.empty()) return;
        keep_lines(login.private_key);
        try {
            JwtBearerAuth::check_key(login.private_key, login.private_key_passphrase);
        } catch (const UsageError& error) {
            const bool is_passphrase = std::string_view(error.what()).contains("passphrase");
            const std::string_view advice = is_passphrase ? ": it is 'private_key_passphrase'" : "";
            reader_.problem(reader_.find("private_key")->value.at, format("'private_key': {}{}", error.what(), advice));
        }
    }

    void keep_lines(std::string_view key) {
        for (std::size_t begin = 0; begin < key.size();) {
            const std::size_t end = std::min(key.find('\n', begin), key.size());
            const std::string_view line = key.substr(begin, end - begin);
            if (!line.starts_with("-----")) keep(std::string(line));
            begin = end + 1;
        }
    }

    Login aws() {
        reader_.check_keys(aws_keys);
        AwsLogin login;
        login.access_key = reader_.needed_text("access_key");
        login.secret_key = secret("secret_key");
        login.region = reader_.needed_text("region");
        login.service = reader_.needed_text("service");
        login.session_token = reader_.text("session_token").value_or("");
        keep(login.session_token);
        return login;
    }

    void check_url(std::string_view name, const std::string& url) {
        try {
            if (!url.empty()) (void)Url::parse(url);
        } catch (const InvalidUrl& error) {
            const TomlValue& value = reader_.find(name)->value;  // which the error quotes
            reader_.problem(value.at, value.is_secret ? format("'{}' is not an http or https URL", name)
                                                      : format("'{}': {}", name, error.what()));
        }
    }

    std::string secret(std::string_view name) {
        std::string value = reader_.needed_text(name);
        keep(value);
        return value;
    }

    void keep(const std::string& value) {
        if (!value.empty() && std::ranges::find(secrets_, value) == secrets_.end()) secrets_.push_back(value);
    }

    TableReader reader_;
    std::vector<std::string>& secrets_;
};

}  // namespace

std::optional<Login> read_login(const TomlMember& auth, std::vector<std::string>& secrets,
                                ConnectorProblems& problems) {
    if (!auth.value.is(TomlKind::table)) {
        problems.add(auth.value.at,
                     format("'auth' must be a table such as {{ type = \"bearer\", token = \"${{TOKEN}}\" "
                            "}}, not {}",
                            kind_name(auth.value)));
        return std::nullopt;
    }
    return LoginReader(auth, secrets, problems).read();
}

}  // namespace trawl::fetch
