import { CLIENT_IP_ANNOTATION, REQUEST_ANNOTATION } from '@mooring/resources';

/** Who wishes, from where. */
export interface Wisher {
  user: string;
  ip: string;
  /** The request's, as in the log. */
  requestId?: string;
}

/** What a Session says of who wished for it last. */
export const wishAnnotations = ({ ip, requestId }: Wisher): Record<string, string> => ({
  [CLIENT_IP_ANNOTATION]: ip,
  ...(requestId !== undefined && { [REQUEST_ANNOTATION]: requestId }),
});
