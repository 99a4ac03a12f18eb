export interface SecretReader {
  /**
   * The secret of a name.
   *
   * @throws ForgeError `dependency` with code `secret_missing` when there is none.
   */
  read(name: string): Promise<string>;
}
