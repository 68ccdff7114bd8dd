import type { Step } from './step.js';

const ENDING = { Idle: 'Nobody uses it:', Ended: 'Its container has ended by itself:' };

/** A step in a sentence for people. */
export function explain(step: Step): string {
  switch (step.type) {
    case 'create':
      return 'Its service is created at Rancher.';
    case 'activate':
      return `The service ${step.service.name} is activated.`;
    case 'deactivate':
      return `The service ${step.service.name} is deactivated.`;
    case 'remove':
      return `The service ${step.service.name} (${step.service.id}) is removed.`;
    case 'rename':
      return `The service ${step.service.name} gets the session's name.`;
    case 'startContainer':
      return `The container ${step.container.name} is started again.`;
    case 'probe':
      return 'The container is asked whether it answers.';
    case 'confirmRoute':
      return step.live ? 'The route has to be seen live at Traefik.' : 'The route has to be seen gone at Traefik.';
    case 'askSources':
      return 'Nobody is seen using it: every source is asked once more.';
    case 'end':
      return step.action === 'Stop' ? `${ENDING[step.reason]} it is stopped.` : `${ENDING[step.reason]} it is deleted.`;
    case 'giveUp':
      return `${step.because} It is stopped.`;
    case 'beginUpdate':
      return `Nobody uses it: it is updated to ${step.version.launch.image}.`;
    case 'upgrade':
      return `What the service ${step.service.name} runs is replaced by its new version.`;
    case 'takeUpdate':
      return 'It runs its new version.';
    case 'dropUpdate':
      return 'Somebody uses it, or nobody can tell: it is not updated now.';
    case 'giveUpUpdate':
      return 'It did not come up with its new version, and becomes what it was.';
    case 'finishUpgrade':
      return `What the service ${step.service.name} ran before its update is removed.`;
    case 'continueUpgrade':
      return `The update of the service ${step.service.name}, which was canceled at Rancher, goes on.`;
    case 'cancelUpgrade':
    case 'rollback':
      return `The service ${step.service.name} goes back to what it ran before.`;
    case 'finalize':
      return 'Nothing is left of it at Rancher: its record goes.';
    case 'queue':
      return 'It waits for its turn to start.';
    case 'wait':
      return `Rancher is at it: waiting for ${step.for}.`;
    case 'settled':
      return 'There is nothing to do.';
  }
}
