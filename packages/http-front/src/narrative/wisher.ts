/** Who wishes, from where. */
export interface Wisher {
  user: string;
  ip: string;
}
