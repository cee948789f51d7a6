// Hostile text is met here first: every step forward is checked against the end.
#include "lite/lexer.h"

#include <utility>

#include "lite/text_elements.h"
#include "lite/text_names.h"
#include "tolite/error.h"

namespace tolite {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void Lexer::fail(const std::string& message) const {
  throw Error(Code::malformed, message, "line " + std::to_string(line_));
}

Token Lexer::take() {
  Token taken = std::move(token_);
  advance();
  return taken;
}

bool Lexer::accept(TokenKind kind, std::string_view text) {
  if (!is(kind, text)) return false;
  advance();
  return true;
}

void Lexer::expect_sign(std::string_view text) {
  if (!accept_sign(text)) fail("expected '" + std::string(text) + "' before '" + token_.text.substr(0, 40) + "'");
}

std::string Lexer::expect(TokenKind kind, std::string_view what) {
  if (!is(kind)) fail("expected " + std::string(what) + " before '" + token_.text.substr(0, 40) + "'");
  return take().text;
}

std::int64_t Lexer::expect_integer(std::string_view what) {
  std::int64_t v = 0;
  if (!is(TokenKind::number) || !parse_integer(token_.text, v)) fail("expected " + std::string(what));
  advance();
  return v;
}

void Lexer::skip_blank() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else {
      return;
    }
  }
}

std::string_view Lexer::run(bool (*belongs)(char)) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && belongs(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string Lexer::quoted() {
  std::string meaning;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return meaning;
    }
    if (c == '\n') ++line_;
    if (c != '\\') {
      meaning += c;
      continue;
    }
    if (++at_ >= text_.size()) break;
    const char escaped = text_[at_];
    if (escaped == 'n') {
      meaning += '\n';
    } else if (escaped == '"' || escaped == '\\') {
      meaning += escaped;
    } else if (escaped == 'x' && at_ + 2 < text_.size() && hex_digit(text_[at_ + 1]) >= 0 &&
               hex_digit(text_[at_ + 2]) >= 0) {
      meaning += static_cast<char>(hex_digit(text_[at_ + 1]) * 16 + hex_digit(text_[at_ + 2]));
      at_ += 2;
    } else {
      fail("a string has an unknown escape");
    }
  }
  fail("a string does not end");
}

void Lexer::advance() {
  skip_blank();
  token_ = {};
  if (at_ >= text_.size()) return;
  const char c = text_[at_];
  const auto named = [&](TokenKind kind, bool may_quote) {
    ++at_;
    token_.kind = kind;
    token_.text = may_quote && at_ < text_.size() && text_[at_] == '"' ? quoted() : std::string(run(is_word_char));
  };
  if (c == '"') {
    token_.kind = TokenKind::string;
    token_.text = quoted();
  } else if (c == '%') {
    named(TokenKind::value, false);
  } else if (c == '@') {
    named(TokenKind::graph, true);
  } else if (c == '?') {
    named(TokenKind::symbol, false);
  } else if (c == '#') {
    named(TokenKind::hash, false);
  } else if (text_.substr(at_, 2) == "->") {
    at_ += 2;
    token_ = {TokenKind::sign, "->"};
  } else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
    token_.kind = TokenKind::number;
    const std::size_t begin = at_++;
    // A sign belongs to the number only behind its exponent's letter.
    while (at_ < text_.size()) {
      const char d = text_[at_];
      const char before = text_[at_ - 1];
      const bool is_exponent = before == 'e' || before == 'E' || before == 'p' || before == 'P';
      if (!is_word_char(d) && !((d == '-' || d == '+') && is_exponent)) break;
      ++at_;
    }
    token_.text = text_.substr(begin, at_ - begin);
  } else if (is_word_char(c)) {
    token_.kind = TokenKind::word;
    token_.text = run(is_word_char);
  } else if (std::string_view("(){}[],=:*").find(c) != std::string_view::npos) {
    ++at_;
    token_ = {TokenKind::sign, std::string(1, c)};
  } else {
    fail("this sign has no meaning here");
  }
}

}  // namespace tolite
