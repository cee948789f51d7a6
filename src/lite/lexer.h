// Words, numbers, strings and signs of the text form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tolite {

enum class TokenKind : std::uint8_t {
  end,
  word,    ///< float32, CONV_2D, none
  number,  ///< anything that begins like one: -1, 0.5, 1e-05, -inf
  string,  ///< "..."; `text` is what it means
  value,   ///< %name
  graph,   ///< @name or @"name"
  symbol,  ///< ?3
  hash,    ///< #0123abcd
  sign,    ///< one of ( ) { } [ ] , = : * ->
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  ///< without the leading % @ ? #
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& next() const { return token_; }
  Token take();
  bool is(TokenKind kind) const { return token_.kind == kind; }
  bool is(TokenKind kind, std::string_view text) const { return token_.kind == kind && token_.text == text; }
  /// Takes the token if it is that one.
  bool accept(TokenKind kind, std::string_view text);
  bool accept_sign(std::string_view text) { return accept(TokenKind::sign, text); }
  bool accept_word(std::string_view text) { return accept(TokenKind::word, text); }
  void expect_sign(std::string_view text);
  /// The text of a token of this kind.
  std::string expect(TokenKind kind, std::string_view what);
  std::int64_t expect_integer(std::string_view what);
  std::size_t text_size() const { return text_.size(); }

  /// Throws Error(malformed) with the line of the next token.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  void advance();
  void skip_blank();
  std::string_view run(bool (*belongs)(char));
  std::string quoted();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  Token token_;
};

}  // namespace tolite
