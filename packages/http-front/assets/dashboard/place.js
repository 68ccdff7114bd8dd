// What somebody looks at, in the address behind `#`: it can be kept, and sent to others.

/** @returns {{ search: string, states: Set<string>, order: { key: string, descending: boolean }, open: string }} `open`: a session's name, or empty */
export function readPlace(hash, { states: known, keys }) {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const sort = fields.get('sort') ?? 'name';
  const key = sort.replace(/^-/, '');
  return {
    search: fields.get('q') ?? '',
    states: new Set((fields.get('state') ?? '').split(',').filter((state) => known.includes(state))),
    order: keys.includes(key) ? { key, descending: sort.startsWith('-') } : { key: 'name', descending: false },
    open: fields.get('session') ?? '',
  };
}

export function writePlace({ search, states, order, open }) {
  const sort = `${order.descending ? '-' : ''}${order.key}`;
  const fields = { q: search, state: [...states].join(','), sort: sort === 'name' ? '' : sort, session: open };
  return `#${new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''))}`;
}
