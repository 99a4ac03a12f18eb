export interface TenantReader {
  /** Every tenant that has a record. Blobs are shared between tenants, so whoever frees one has to ask them all. */
  list(): Promise<readonly string[]>;
}
