import { CLIENT_IP_ANNOTATION } from '@mooring/resources';
import { byRequest } from '../sessions/asked-by.js';

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
  ...(requestId !== undefined && byRequest(requestId)),
});
