import type { Condition } from '@mooring/resources';

/** What a person makes of the reasons for which a condition doesn't hold yet (the controller's); '' where the step itself says it all. */
const IN_PLAIN_WORDS: Readonly<Record<string, string>> = {
  NotCreated: '',
  NoContainer: 'Its container is being prepared.',
  ContainerNotRunning: 'Its container is about to run.',
  Ended: 'Its container has ended by itself and is started again.',
  HostLost: 'The machine that it runs on can’t be reached at the moment.',
  NotAskedYet: '',
  DoesNotAnswer: 'It is loading, and does not answer yet.',
  NotReachable: '',
  RouteNotSeen: 'The way to it is being opened.',
  RouteNotLive: 'The way to it is being opened.',
  RancherUnavailable: 'The data centre does not answer at the moment. Your wish is kept, and this goes on as soon as it does.',
  TriedAgain: 'This did not work out, and is tried again.',
};

/** Why a step isn't done yet, for people; the condition's own sentence where its reason is not known. */
export function reasonInWords(condition: Condition | undefined): string {
  if (condition === undefined) return '';
  return IN_PLAIN_WORDS[condition.reason] ?? condition.message;
}
