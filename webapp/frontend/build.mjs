// Builds webapp/static/dist from src: the same bytes for the same sources and lock file.
// `node build.mjs editor` builds that bundle alone.
import { build } from 'esbuild';

const bundles = {
  diagram: [ 'src/diagram.js', 'src/diagram.css' ],
  editor: [ 'src/editor/editor.js', 'src/editor/editor.css' ],
  compare: [ 'src/compare/compare.js', 'src/compare/compare.css' ],
  simulate: [ 'src/simulate/simulate.js', 'src/simulate/simulate.css' ],
  replay: [ 'src/replay/replay.js', 'src/replay/replay.css' ],
  map: [ 'src/map/map.js', 'src/map/map.css' ],
  forms: [ 'src/forms/forms.js', 'src/forms/forms.css' ],
  standalone: [ 'src/standalone/standalone.js' ]
};
const wanted = process.argv.slice(2);

await build({
  entryPoints: Object.keys(bundles)
    .filter((name) => !wanted.length || wanted.includes(name))
    .flatMap((name) => bundles[name].map((path) => ({ in: path, out: name }))),
  outdir: '../static/dist',
  bundle: true,
  minify: true,
  sourcemap: false,
  format: 'iife',
  target: [ 'es2020', 'safari15' ],
  charset: 'utf8',
  // Licences stay in the bundle: the one of bpmn.io asks for it.
  legalComments: 'inline',
  banner: {
    js: '/*! Memuat bpmn-js (c) Camunda Services GmbH, https://bpmn.io/license; lihat THIRD_PARTY_LICENSES.txt */'
  },
  logLevel: 'info'
});
