/** Sessions that run, or are to; as many as come where a limit is missing. */
export interface SessionLimits {
  perPerson?: number;
  /** Of all people together. */
  inAll?: number;
}
