namespace tolite::tensorflow {
class Translators;
void add_complex_translators(Translators&) {}
void add_linear_algebra_translators(Translators&) {}
void add_random_translators(Translators&) {}
}  // namespace tolite::tensorflow
