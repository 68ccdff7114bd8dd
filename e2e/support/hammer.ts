import { Agent, request } from 'node:http';

export interface HammerOptions {
  origin: string;
  /** Read anew for each request. */
  headers: () => Record<string, string>;
  /** So many one after another, each as soon as the last is answered. */
  abreast?: number;
  /** The page. */
  path?: string;
  /** Between two of one row, in ms. */
  pauseMs?: number;
}

export interface Blows {
  /** How often each status came. */
  statuses: Record<number, number>;
  /** Answers that nobody may get, with when they came (ISO 8601): 4xx, 5xx, and what broke off. */
  bad: string[];
}

export interface Hammer {
  /** What has come so far. */
  statuses: Readonly<Blows['statuses']>;
  end(): Promise<Blows>;
}

/** Opens the page over and over, over connections that are kept, as a browser's are. */
export function hammer({ origin, headers, abreast = 3, path = '/narrative/', pauseMs = 2 }: HammerOptions): Hammer {
  const agent = new Agent({ keepAlive: true });
  const blows: Blows = { statuses: {}, bad: [] };
  let goesOn = true;
  const strike = async (): Promise<void> => {
    while (goesOn) {
      const status = await navigate(`${origin}${path}`, agent, headers()).catch((error: Error) => error.message);
      if (typeof status === 'number') blows.statuses[status] = (blows.statuses[status] ?? 0) + 1;
      if (typeof status === 'string' || status >= 400) blows.bad.push(`${new Date().toISOString()} ${status}`);
      // Not all of the machine is for it.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const all = Array.from({ length: abreast }, strike);
  return {
    statuses: blows.statuses,
    end: async () => {
      goesOn = false;
      await Promise.all(all);
      agent.destroy();
      return blows;
    },
  };
}

/** The status of one navigation whose answer came whole. */
function navigate(url: string, agent: Agent, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { accept: 'text/html', ...headers }, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
      answer.once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.once('error', reject);
    sent.end();
  });
}
