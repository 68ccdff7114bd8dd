import { REQUEST_ANNOTATION } from '@mooring/resources';

interface Annotated {
  metadata: { annotations?: Record<string, string> };
}

/** Which request it is that asks. */
export const byRequest = (requestId: string): Record<string, string> => ({ [REQUEST_ANNOTATION]: requestId });

/** What somebody wished of a session, with the request that wished it: what the loop logs and asks Rancher for it names that. */
export const askedBy = <T extends Annotated>(wished: T, requestId: string): T => ({
  ...wished,
  metadata: { ...wished.metadata, annotations: { ...wished.metadata.annotations, ...byRequest(requestId) } },
});
