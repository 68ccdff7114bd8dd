/** The arrows of the design, one way: mooring -> front, controller -> resources, rancher-client. See docs/architecture.md. */
const only = (from, ...allowed) => ({
  name: `${from}-imports`,
  comment: `packages/${from} may import ${allowed.length ? allowed.join(', ') : 'no other package'}`,
  severity: 'error',
  from: { path: `^packages/${from}/` },
  to: { path: '^packages/([^/]+)/', pathNot: [`^packages/(${[from, ...allowed].join('|')})/`] },
});

module.exports = {
  forbidden: [
    only('resources'),
    only('rancher-client'),
    only('local-rancher'),
    only('satellite'),
    only('conformance', 'local-rancher'),
    only('controller', 'resources', 'rancher-client'),
    only('http-front', 'resources'),
    only('domains', 'rancher-client'),
    only('simulation', 'controller', 'http-front', 'local-rancher', 'rancher-client', 'resources'),
    {
      name: 'runtime-knows-no-sessions',
      comment: 'The queue, the informer, the loop and the clock serve every kind',
      severity: 'error',
      from: { path: '^packages/controller/src/runtime/' },
      to: { path: '^packages/(resources|controller/src/(?!runtime/))' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-do-not-reach-into-each-other',
      severity: 'error',
      from: { path: '^packages/([^/]+)/(src|test)/' },
      to: { path: '^packages/[^/]+/(src|dist)/(?!index\\.)', pathNot: ['^packages/$1/', '^packages/controller/dist/internals\\.'] },
    },
    {
      name: 'internals-are-for-the-simulation',
      severity: 'error',
      from: { pathNot: '^packages/(simulation|controller)/' },
      to: { path: '^packages/controller/dist/internals\\.' },
    },
  ],
  options: {
    // Another package is seen as what it exports, its dist: it must not be left out, or no arrow would be seen.
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
