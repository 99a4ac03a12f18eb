export interface SecretReader {
  /**
   * The secret of a name.
   *
   * @throws ForgeError `dependency` with code `secret_missing` when there is none.
   */
  read(name: string): Promise<string>;
  /** The secret of a name; where there is none, the one that is made, the same for all that ask at once. */
  readOrMake(name: string, make: () => string): Promise<string>;
}
