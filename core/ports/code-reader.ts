export interface CodeReader {
  /** SHA-256 of the package that jobs run now, as their results state it; null where nobody can say. */
  hash(): Promise<string | null>;
}
