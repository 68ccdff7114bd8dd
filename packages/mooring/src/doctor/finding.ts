/** What one look at a site came to. `warning`: it works, with less than it could. */
export type Finding =
  | { check: string; level: 'ok'; says: string }
  | {
      check: string;
      level: 'warning' | 'problem';
      says: string;
      /** What to do about it. */
      cure: string;
    };

export const fine = (check: string, says: string): Finding => ({ check, level: 'ok', says });
export const warning = (check: string, says: string, cure: string): Finding => ({ check, level: 'warning', says, cure });
export const problem = (check: string, says: string, cure: string): Finding => ({ check, level: 'problem', says, cure });
