'use strict';
/*
 * fastjsii: a Node preload for the jsii kernel of a cdktf app written in Go.
 *
 * The stock kernel parses the whole type assembly of a prebuilt provider
 * (120 MB of JSON for AWS) and requires all of its modules (2,127) before the
 * first resource can be made. This preload gives the kernel the same types and
 * the same modules, each at the moment it is first asked for.
 *
 * loader.go hands it to the kernel's Node process, and to that process only,
 * in NODE_OPTIONS. README.md next to it tells the whole story: what is patched,
 * what is trusted, when it steps aside. The order here is: what it knows (PINS),
 * small tools, the pack (what is cached), the assembly (types and modules out
 * of a pack), the kernel (how both get into jsii's program), the start.
 */

const crypto = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');
const zlib = require('node:zlib');
const { Writable } = require('node:stream');
const { isMainThread } = require('node:worker_threads');

/* ------------------------------------------------------------------- PINS */

// Everything below is written against exactly these files. Anything else is
// loaded the stock way, after one line of warning. A pin is the SHA-256 of:
//   launcher, program  bin/jsii-runtime.js and lib/program.js of jsii-runtime-go
//   tarball            the package as its Go module embeds it
//   index              the index this loader builds from that tarball. It holds
//                      the hash of every piece of the cache, so that nothing
//                      from the cache folder is used unless it is what the
//                      package itself says.
// FASTJSII=pin prints the pins of whatever the app loads.
const PINS = {
  runtimes: [
    {
      version: '1.112.0',
      launcher: '9363906dc1ea3718986493f30e168147753c3f9c51a5bd5c84b9545d014d56da',
      program: 'f04fb10127c29c3bf9dc871f47001931f2ef7ab02bde02d59ec31dc5cca81bfc',
    },
  ],
  packages: [
    {
      name: '@cdktf/provider-aws',
      version: '19.65.1',
      tarball: 'b183ae1d4287372b78ae03a822f97f0bbba9ac4e66def4f594af93cf305c826d',
      index: 'c41ec1c4415f5f47694d4ae8c22ebeeb2433c76ce16d703fb64d86b7fe17f5fc',
    },
    {
      // no index: unpacked and loaded by jsii, with CDKTF_PATCHES
      name: 'cdktf',
      version: '0.20.12',
      tarball: '266b57f474c584aaa290c5408474e9e6518a09472a39d6cfa2a4a88e959daa4b',
    },
  ],
};

// How an index and its pack are laid out. A change to what build() writes
// needs a new number and new index pins.
const FORMAT = 1;

const PRUNE_AFTER_MS = 30 * 24 * 3600 * 1000;

// How long the kernel looks for the app's next request before it sleeps until
// it comes. Nearly all come sooner: a request takes the app some 40 µs, and to
// be woken takes about as long again. With one processor, looking would keep
// the app from it.
const LOOK_MS = 0.1;
const looks = process.platform === 'linux' && os.availableParallelism() > 1;

/* ------------------------------------------------------------------ tools */

const pinning = process.env.FASTJSII === 'pin';

let warned = false;

// One line and no more, whatever goes wrong afterwards: this is a notice that
// synth is slow today, not a log.
function warn(text) {
  if (!warned) {
    warned = true;
    writeAll(2, `fastjsii: ${text.replace(/\s*\n\s*/g, ' ')}\n`);
  }
}

function writeAll(fd, data) {
  const buffer = Buffer.from(data);
  for (let offset = 0; offset < buffer.length; ) {
    try {
      offset += fs.writeSync(fd, buffer, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const sha256 = (data) => crypto.createHash('sha256').update(data).digest('hex');

function sha256File(file) {
  const hash = crypto.createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const fd = fs.openSync(file, 'r');
  try {
    for (let n; (n = fs.readSync(fd, chunk, 0, chunk.length, null)) > 0; ) hash.update(chunk.subarray(0, n));
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest('hex');
}

// A file of the cache appears whole or not at all: processes that start
// together on a cold cache each write their own copy and rename it, and the
// copies are equal, as the name holds the hash of the content. The draft is
// made before content() runs: a folder that can't be written is known at once.
function writeAtomically(file, content) {
  const draft = `${file}.${process.pid}.${crypto.randomBytes(4).toString('hex')}.tmp`;
  const fd = fs.openSync(draft, 'wx', 0o600);
  try {
    try {
      for (const piece of content()) writeAll(fd, piece);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

// Packs of providers that nobody uses any more go when a new one comes.
function prune() {
  for (const name of fs.readdirSync(__dirname)) {
    const file = path.join(__dirname, name);
    try {
      if (Date.now() - fs.statSync(file).mtimeMs > PRUNE_AFTER_MS) fs.unlinkSync(file);
    } catch {
      // another process pruned it first
    }
  }
}

/* --------------------------------------------------------------- the pack */

// Only what a provider generated by cdktf looks like is understood: an index
// that exports one folder per resource, and types named package.folder.Type.
const INDEX_LINE = /^exports\.(\w+) = require\("\.\/([\w-]+)"\);$/;
const INDEX_NOISE = /^("use strict";|\/\*\*| \*.*|\/\/.*|Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);|(exports\.\w+ = )+void 0;|)$/;
const SOURCE_MAP = /\n\/\/# sourceMappingURL=data:[^\n]*\s*$/;

// Parts of the assembly that the kernel never reads; they are half of it.
const UNREAD = new Set(['docs', 'locationInModule', 'symbolId']);
const slim = (key, value) => (UNREAD.has(key) ? undefined : value);

// Reads a package as jsii embeds it (npm pack: everything under package/).
function* untar(tarball) {
  const tar = zlib.gunzipSync(fs.readFileSync(tarball));
  const text = (from, length) => tar.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = parseInt(text(at + 124, 12), 8);
    const type = String.fromCharCode(tar[at + 156]);
    const prefix = text(at + 345, 155);
    const name = (prefix && `${prefix}/`) + text(at, 100);
    if (!Number.isInteger(size) || !'05'.includes(type)) throw new Error(`${name}: a tar entry of type ${type}`);
    if (type === '0') yield [name.replace(/^package\//, ''), tar.subarray(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

// Turns a package into a pack (the types of each submodule, then the source of
// each module, one after the other) and its index (where each piece is, and
// its hash). The same package gives the same bytes on every Node.
function build(tarball) {
  let assembly;
  let manifest;
  let exported;
  const sources = new Map();
  for (const [name, content] of untar(tarball)) {
    if (name === '.jsii') assembly = JSON.parse(content.toString('utf8'));
    else if (name === 'package.json') manifest = content.toString('utf8');
    else if (name === 'lib/index.js') exported = content.toString('utf8');
    else if (name.startsWith('lib/') && name.endsWith('.js')) sources.set(name, content);
  }
  if (!assembly || !manifest || !exported) throw new Error('not a jsii package: .jsii, package.json or lib/index.js is missing');
  const { main, bin } = JSON.parse(manifest);
  if (main !== 'lib/index.js' || bin) throw new Error('package.json: another entry point than lib/index.js, or programs');

  const pieces = new Map();
  let offset = 0;
  const add = (text) => {
    const buffer = Buffer.from(text);
    const place = [offset, buffer.length, sha256(buffer)];
    pieces.set(offset, buffer);
    offset += buffer.length;
    return place;
  };

  const bySubmodule = new Map();
  for (const [fqn, type] of Object.entries(assembly.types)) {
    const submodule = submoduleOf(fqn, assembly.name);
    if (!submodule) throw new Error(`${fqn}: a type outside the submodules`);
    if (!bySubmodule.has(submodule)) bySubmodule.set(submodule, {});
    bySubmodule.get(submodule)[fqn] = type;
  }
  const types = {};
  for (const [submodule, members] of bySubmodule) types[submodule] = add(JSON.stringify(members, slim));

  const exports = {};
  for (const line of exported.replace(SOURCE_MAP, '').split('\n')) {
    const match = INDEX_LINE.exec(line);
    if (match) exports[match[1]] = `lib/${match[2]}/index.js`;
    else if (!INDEX_NOISE.test(line)) throw new Error(`lib/index.js: a line that is no export: ${line.slice(0, 60)}`);
  }
  const modules = {};
  for (const [name, source] of sources) modules[name] = add(source.toString('utf8').replace(SOURCE_MAP, '\n'));
  for (const name of Object.values(exports)) if (!modules[name]) throw new Error(`lib/index.js: ${name} is missing`);
  for (const submodule of Object.keys(types)) if (!exports[submodule]) throw new Error(`lib/index.js: ${submodule} is not exported`);

  const { types: all, submodules, readme, ...metadata } = assembly;
  const index = JSON.stringify({
    format: FORMAT,
    metadata,
    manifest,
    typeCount: Object.keys(all).length,
    size: offset,
    types,
    exports,
    modules,
  });
  return { index, pieces };
}

// '@cdktf/provider-aws.s3Bucket.S3Bucket' -> 's3Bucket'
function submoduleOf(fqn, assembly) {
  if (!fqn.startsWith(`${assembly}.`)) return undefined;
  const rest = fqn.slice(assembly.length + 1);
  const dot = rest.indexOf('.');
  return dot > 0 ? rest.slice(0, dot) : undefined;
}

// A package out of the cache. Reads are checked against the index, which is
// checked against its pin; what fails is built again from the package itself.
class Pack {
  // tarball is the package as the app handed it over, already checked against
  // its pin; workDir is the kernel's own folder, which ends with the kernel.
  constructor(pin, tarball, workDir) {
    this.pin = pin;
    // The app deletes the tarball once it is loaded; a second name keeps it for
    // the day that a piece of the pack turns out damaged later on.
    this.tarball = path.join(workDir, `fastjsii-${pin.tarball.slice(0, 16)}.tgz`);
    try {
      fs.linkSync(tarball, this.tarball);
    } catch {
      fs.copyFileSync(tarball, this.tarball);
    }
    const name = path.join(__dirname, `${pin.tarball.slice(0, 16)}-${pin.index.slice(0, 16)}`);
    this.indexFile = `${name}.json`;
    this.packFile = `${name}.pack`;
    if (!this.open()) this.rebuild();
  }

  // Whether the cache holds the package, as far as can be told without reading
  // all of it.
  open() {
    let index;
    try {
      index = fs.readFileSync(this.indexFile);
      this.fd = fs.openSync(this.packFile, 'r');
    } catch (error) {
      if (error.code === 'ENOENT') return false;
      throw error;
    }
    if (sha256(index) === this.pin.index) {
      this.index = JSON.parse(index.toString('utf8'));
      if (fs.fstatSync(this.fd).size === this.index.size) {
        this.touch();
        return true;
      }
    }
    fs.closeSync(this.fd);
    this.damaged = true;
    return false;
  }

  touch() {
    try {
      const now = new Date();
      for (const file of [__filename, this.indexFile, this.packFile]) fs.utimesSync(file, now, now);
    } catch {
      // a read-only cache is as good; only prune() looks at these times
    }
  }

  build() {
    const { index, pieces } = build(this.tarball);
    if (sha256(index) !== this.pin.index) throw new Error(`the index of ${this.pin.name} built here is not the pinned one`);
    this.index = JSON.parse(index);
    this.pieces = pieces;
    return index;
  }

  rebuild() {
    let index;
    writeAtomically(this.packFile, () => {
      index = this.build();
      return this.pieces.values();
    });
    writeAtomically(this.indexFile, () => [index]);
    if (this.damaged) warn(`the cache in ${__dirname} was damaged; it has been built again`);
    prune();
  }

  // One piece of the pack, or an error: never anything else.
  read([offset, length, hash]) {
    if (!this.pieces) {
      const piece = this.readFile(offset, length);
      if (sha256(piece) === hash) return piece.toString('utf8');
      this.damaged = true;
      try {
        this.rebuild();
      } catch (error) {
        // By now resources are made of this package: a cache that can't be
        // fixed must not end the synth.
        if (!this.pieces) this.build();
        warn(`the cache in ${__dirname} was damaged, and can't be fixed: ${error.message}`);
      }
    }
    return this.pieces.get(offset).toString('utf8');
  }

  readFile(offset, length) {
    const piece = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const n = fs.readSync(this.fd, piece, done, length - done, offset + done);
      if (n === 0) return piece.subarray(0, done);
      done += n;
    }
    return piece;
  }
}

/* ----------------------------------------------------------- the assembly */

// A package of which the kernel sees all and loads what it asks for.
class LazyPackage {
  // dir is node_modules/NAME in the kernel's own folder.
  constructor(pin, tarball, dir) {
    this.dir = dir;
    // As much of the package as others look at: jsii reads package.json to tell
    // versions apart, and Node resolves the package's name.
    fs.mkdirSync(path.join(dir, 'lib'), { recursive: true });
    this.pack = new Pack(pin, tarball, path.resolve(dir, ...pin.name.split('/').map(() => '..')));
    fs.writeFileSync(path.join(dir, 'package.json'), this.pack.index.manifest);
    fs.writeFileSync(path.join(dir, 'lib', 'index.js'), '');
    this.assembly = { ...this.pack.index.metadata, types: this.types() };
  }

  get typeCount() {
    return this.pack.index.typeCount;
  }

  // What .jsii calls types: fqn -> type. Types come by submodule, as those of
  // one resource are used together.
  types() {
    const { index } = this.pack;
    const loaded = Object.create(null);
    const pending = new Set(Object.keys(index.types));
    const load = (submodule) => {
      if (pending.delete(submodule)) Object.assign(loaded, JSON.parse(this.pack.read(index.types[submodule])));
    };
    const find = (fqn) => {
      if (typeof fqn === 'string' && !(fqn in loaded)) load(submoduleOf(fqn, index.metadata.name));
      return loaded[fqn];
    };
    const loadAll = () => {
      for (const submodule of Object.keys(index.types)) load(submodule);
      return loaded;
    };
    return new Proxy(loaded, {
      get: (_, fqn) => find(fqn),
      has: (_, fqn) => find(fqn) !== undefined,
      ownKeys: () => Reflect.ownKeys(loadAll()),
      getOwnPropertyDescriptor: (_, fqn) => (find(fqn), Reflect.getOwnPropertyDescriptor(loaded, fqn)),
    });
  }

  // What lib/index.js exports: one getter for each submodule.
  exportsOf(require) {
    const exported = {};
    Object.defineProperty(exported, '__esModule', { value: true });
    for (const [name, file] of Object.entries(this.pack.index.exports)) {
      Object.defineProperty(exported, name, {
        configurable: true,
        enumerable: true,
        get: () => {
          const value = require(path.join(this.dir, file));
          Object.defineProperty(exported, name, { configurable: true, enumerable: true, writable: true, value });
          return value;
        },
      });
    }
    return exported;
  }

  // The module that request means when parent asks for it, if it is one of
  // this package's: absolute, relative, or by the package's name.
  resolve(request, parent) {
    let file;
    if (path.isAbsolute(request)) file = request;
    else if (/^\.\.?[\\/]/.test(request) && parent?.filename) file = path.resolve(path.dirname(parent.filename), request);
    else if (request.startsWith(`${this.pack.pin.name}/`)) file = path.join(this.dir, request.slice(this.pack.pin.name.length));
    else return undefined;
    const name = this.nameOf(file);
    if (name === undefined) return undefined;
    const found = [name, `${name}.js`, `${name}/index.js`].find((candidate) => this.pack.index.modules[candidate]);
    return found && path.join(this.dir, found);
  }

  // 'lib/s3-bucket/index.js' for a file of this package.
  nameOf(file) {
    if (!file.startsWith(this.dir + path.sep)) return undefined;
    return file.slice(this.dir.length + 1).replaceAll(path.sep, '/');
  }

  // Whether module is of this package, and so has been loaded.
  load(module, filename) {
    const name = this.nameOf(filename);
    if (name === 'lib/index.js') {
      module.exports = this.exportsOf(module.require.bind(module));
      return true;
    }
    const place = name && this.pack.index.modules[name];
    if (place) module._compile(this.pack.read(place), filename);
    return Boolean(place);
  }
}

const lazyPackages = new Map();
const patchedFiles = new Map();

// The modules of a lazy package are in its pack and not where Node would look,
// so finding and reading them goes through here, and the reading of the few
// files that are patched; all others pass.
function hookModules() {
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, ...rest) {
    for (const lazy of lazyPackages.values()) {
      const found = lazy.resolve(request, parent);
      if (found) return found;
    }
    return resolveFilename.call(this, request, parent, ...rest);
  };
  const loadScript = Module._extensions['.js'];
  Module._extensions['.js'] = function (module, filename) {
    for (const lazy of lazyPackages.values()) if (lazy.load(module, filename)) return;
    const source = patchedSource(filename);
    if (source) module._compile(source, filename);
    else loadScript(module, filename);
  };
}

function patchedSource(filename) {
  const patches = patchedFiles.get(filename);
  if (!patches) return undefined;
  try {
    return patch(fs.readFileSync(filename, 'utf8'), patches);
  } catch (error) {
    warn(`${filename}: ${error.message}; loading it the stock way`);
    return undefined;
  }
}

/* ------------------------------------------------------------- the kernel */

// What jsii's program.js calls instead of its own (see PROGRAM_PATCHES).
const kernel = {
  // Descriptors for the app's requests (a second one does not wait for them) and
  // our answers; moveStdio() sets them.
  input: -1,
  eager: -1,
  output: -1,

  // In place of a read that sleeps until something comes.
  read(buffer) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0; // nobody reads those of EAGAIN
    try {
      for (const end = performance.now() + LOOK_MS; looks && performance.now() < end; ) {
        try {
          return fs.readSync(kernel.eager, buffer);
        } catch (error) {
          if (error.code !== 'EAGAIN') throw error;
        }
      }
    } finally {
      Error.stackTraceLimit = limit;
    }
    return fs.readSync(kernel.input, buffer);
  },

  // In place of unpacking the package into packageDir.
  extract(request, packageDir, stock) {
    if (pinning) printPin(request);
    const pin = PINS.packages.find(({ name }) => name === request.name);
    if (!pin || pinning) return stock();
    try {
      if (request.version !== pin.version || sha256File(request.tarball) !== pin.tarball) {
        throw new Error(`this ${request.name} ${request.version} is not the ${pin.version} that is known here`);
      }
      if (pin.index) {
        lazyPackages.set(packageDir, new LazyPackage(pin, request.tarball, packageDir));
        return {};
      }
      for (const [file, patches] of Object.entries(CDKTF_PATCHES)) patchedFiles.set(path.join(packageDir, file), patches);
    } catch (error) {
      warn(`${error.message}; loading ${request.name} the stock way`);
      fs.rmSync(packageDir, { force: true, recursive: true });
    }
    return stock();
  },

  // In place of parsing .jsii.
  assembly(packageDir, stock) {
    return lazyPackages.get(packageDir)?.assembly ?? stock();
  },

  // In place of Object.keys(types).length, which would load all types.
  typeCount(types) {
    for (const lazy of lazyPackages.values()) if (lazy.assembly.types === types) return lazy.typeCount;
    return Object.keys(types ?? {}).length;
  },

  keyContext(key, inspect) {
    let context = keyContexts.get(key);
    if (context === undefined) keyContexts.set(key, (context = `key ${inspect(key)}`));
    return context;
  },

  propertiesOf(type, collect) {
    let properties = propertiesOfTypes.get(type);
    if (properties === undefined) propertiesOfTypes.set(type, (properties = collect()));
    return properties;
  },
};

const keyContexts = new Map();
const propertiesOfTypes = new WeakMap();

function printPin({ name, version, tarball }) {
  try {
    const pin = { name, version, tarball: sha256File(tarball), index: sha256(build(tarball).index) };
    // not bare JSON: jsii-runtime-go takes such lines for messages of its own
    writeAll(2, `fastjsii: pin ${JSON.stringify(pin)}\n`);
  } catch (error) {
    writeAll(2, `fastjsii: ${name} ${version} can't be pinned: ${error.message}\n`);
  }
}

// In place of starting program.js in a second Node, with the app's requests
// copied from one to the other, the launcher runs it here.
const LAUNCHER_PATCHES = [
  {
    from: 'const child = (0, child_process_1.spawn)(process.execPath',
    to: 'commands.pipe(process.stdout);',
    by: 'fastjsii.run((0, path_1.resolve)(__dirname, "..", "lib", "program.js"));',
  },
];

const PROGRAM_PATCHES = [
  { from: 'readFD: 3', by: 'readFD: fastjsii.input' },
  { from: 'writeFD: 3', by: 'writeFD: fastjsii.output' },
  {
    from: 'fs.readSync(this.stdin, this.readBuffer, 0, this.readBuffer.length, null)',
    by: 'fastjsii.read(this.readBuffer)',
  },
  {
    from: 'tar.extract(req.tarball, packageDir, {',
    to: '}, req.name, req.version)',
    by: (stock) => `fastjsii.extract(req, packageDir, (() => ${stock}))`,
  },
  {
    from: 'spec.loadAssemblyFromPath(packageDir, this.validateAssemblies)',
    by: (stock) => `fastjsii.assembly(packageDir, (() => ${stock}))`,
  },
  {
    from: 'Object.keys((_b = assm.metadata.types) !== null && _b !== void 0 ? _b : {}).length',
    by: 'fastjsii.typeCount(assm.metadata.types)',
  },
  {
    from: 'Object.keys((_c = assmSpec.types) !== null && _c !== void 0 ? _c : {}).length',
    by: 'fastjsii.typeCount(assmSpec.types)',
  },
  // From here on: work done for each value that crosses, to no effect but time.
  // The message of an assertion that holds, with the type printed in full.
  {
    from: 'assert(typeRef != null, `',
    by: 'assert(typeRef != null, typeRef != null || `',
  },
  // Where a value is, for the message of an error that hardly ever comes.
  {
    from: '`key ${(0, util_1.inspect)(key)}`',
    by: 'fastjsii.keyContext(key, util_1.inspect)',
    times: 7,
  },
  // The properties of a struct and of all that it extends, in a new object.
  {
    from: 'function propertiesOf(t, lookup) {',
    by: `function propertiesOf(t, lookup) {
            return fastjsii.propertiesOf(t, () => collectPropertiesOf(t, lookup));
        }
        function collectPropertiesOf(t, lookup) {`,
  },
  // All parts of a name, of which only the first is read.
  {
    from: 'const components = fqn.split(".");',
    by: 'const components = fqn.split(".", 1);',
  },
];

// What cdktf does at every start or for every value, to no effect but time.
const CDKTF_PATCHES = {
  // The two largest libraries below it, for zipped assets and for asking
  // Terraform its version.
  'lib/private/fs.js': [
    {
      from: 'const archiver = require("archiver");',
      by: 'const archiver = (...args) => require("archiver")(...args);',
    },
  ],
  'lib/validations/validate-binary-version.js': [
    {
      from: 'const semver = require("semver");',
      by: 'const semver = { satisfies: (...args) => require("semver").satisfies(...args) };',
    },
  ],
  // Every token keeps the stack of its making, as text, for the message of an
  // error. Here it becomes text when it is read.
  'lib/tokens/private/stack-trace.js': [
    {
      from: 'if (!object.stack) {',
      to: '.map((s) => s.replace(/^\\s*at\\s+/, ""));',
      by: (stock) => `let lines;
    const read = (target) => {
        if (!lines) {
            lines = (() => { ${stock} })();
            target.push(...lines);
        }
        return target;
    };
    return new Proxy([], {
        get: (target, key) => Reflect.get(read(target), key),
        has: (target, key) => Reflect.has(read(target), key),
        ownKeys: (target) => Reflect.ownKeys(read(target)),
        getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(read(target), key),
    });`,
    },
  ],
  // Looking for tokens in the whole configuration, twice. What can't hold any
  // is left as it is without the six objects that cdktf makes to find that out.
  // A string can't if it has no brace, is no encoded map, and nothing in it
  // reads like an encoded number (NUMBER_TOKEN_REGEX in encoding.js).
  'lib/tokens/private/resolve.js': [
    {
      from: 'function resolve(obj, options) {',
      by: `const tokenLike = /\\{|[-|\\d.+]e[-|\\d.eE+]/;
function isPlain(x) {
    if (typeof x === "string") {
        return !tokenLike.test(x) && x !== token_1.Token.STRING_MAP_TOKEN_VALUE && x !== token_1.Token.ANY_MAP_TOKEN_VALUE;
    }
    return x === undefined || x === null || typeof x === "boolean";
}
function resolve(obj, options) {`,
    },
    {
      from: '.map((x, i) => makeContext(`${i}`)[0].resolve(x))',
      by: '.map((x, i) => isPlain(x) ? x : makeContext(`${i}`)[0].resolve(x))',
    },
    {
      from: 'const resolvedKey = makeContext()[0].resolve(key);',
      by: 'const resolvedKey = isPlain(key) ? key : makeContext()[0].resolve(key);',
    },
    {
      from: 'const value = makeContext(key)[0].resolve(obj[key]);',
      by: 'const unresolved = obj[key];\n        const value = isPlain(unresolved) ? unresolved : makeContext(key)[0].resolve(unresolved);',
    },
  ],
};

// Replaces each stretch of source from `from` to `to`; there must be just as
// many as the patch says.
function patch(source, patches) {
  const edits = [];
  for (const { from, to = '', by, times = 1 } of patches) {
    let found = 0;
    for (let at = -1; (at = source.indexOf(from, at + 1)) >= 0; found++) {
      const tail = source.indexOf(to, at + from.length);
      if (tail < 0) throw new Error(`no end in the code to patch: ${to}`);
      const stock = source.slice(at, tail + to.length);
      edits.push([at, stock.length, typeof by === 'function' ? by(stock) : by]);
    }
    if (found !== times) throw new Error(`${found} times and not ${times} in the code to patch: ${from}`);
  }
  let done = 0;
  const pieces = edits.sort(([a], [b]) => a - b).map(([at, length, replacement]) => {
    const before = source.slice(done, at);
    done = at + length;
    return before + replacement;
  });
  return pieces.join('') + source.slice(done);
}

// Runs a script of jsii's as Node would, with this loader's hand in it.
function runScript(source, filename, fastjsii) {
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname', 'fastjsii'];
  const module = new Module(filename);
  module.filename = filename;
  const script = vm.compileFunction(source, parameters, { filename });
  script.call(module.exports, module.exports, Module.createRequire(filename), module, filename, path.dirname(filename), fastjsii);
}

/* -------------------------------------------------------------- the start */

// Stock, the app's requests come in at the launcher's descriptor 0 and go on to
// descriptor 3 of a second process, whose 1 and 2 are its code's alone.
// To keep it so in one process, the app's pipes move out of the way of 0 and 1:
// a library that prints, or a program that it starts, must not end up in the
// middle of the protocol.
function moveStdio() {
  kernel.input = fs.openSync('/dev/fd/0', 'r');
  if (looks) kernel.eager = fs.openSync('/dev/fd/0', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  kernel.output = fs.openSync('/dev/fd/1', 'w');
  fs.closeSync(0);
  const input = fs.openSync('/dev/null', 'r');
  fs.closeSync(1);
  const output = fs.openSync('/dev/fd/2', 'w');
  if (input !== 0 || output !== 1) throw new Error(`fastjsii: descriptors ${input} and ${output} where 0 and 1 should be`);
  for (const [name, fd] of [['stdout', 1], ['stderr', 2]]) {
    // the launcher's own wrapping, which jsii-runtime-go takes apart
    const stream = new Writable({
      write(chunk, _encoding, done) {
        writeAll(2, `${JSON.stringify({ [name]: chunk.toString('base64') })}\n`);
        done();
      },
    });
    Object.defineProperty(process, name, { configurable: true, enumerable: true, value: Object.assign(stream, { fd }) });
  }
}

function start(launcherFile) {
  const programFile = path.resolve(path.dirname(launcherFile), '..', 'lib', 'program.js');
  const launcher = fs.readFileSync(launcherFile, 'utf8');
  const program = fs.readFileSync(programFile, 'utf8');
  const known = { launcher: sha256(launcher), program: sha256(program) };
  if (!PINS.runtimes.some((pin) => pin.launcher === known.launcher && pin.program === known.program)) {
    throw new Error('an unknown version of jsii-runtime-go');
  }
  if (!['linux', 'darwin'].includes(process.platform)) throw new Error(`not made for ${process.platform}`);
  const patchedLauncher = patch(launcher, LAUNCHER_PATCHES);
  const patchedProgram = patch(program, PROGRAM_PATCHES);

  const loadScript = Module._extensions['.js'];
  Module._extensions['.js'] = function (module, filename) {
    if (path.basename(filename) !== path.basename(launcherFile)) return loadScript(module, filename);
    Module._extensions['.js'] = loadScript;
    hookModules();
    runScript(patchedLauncher, filename, {
      run(file) {
        moveStdio();
        // what the launcher gives its child
        process.execArgv.push('--preserve-symlinks');
        runScript(patchedProgram, file, kernel);
      },
    });
  };
}

{
  const launcher = process.argv[1];
  // What the environment would have been without us, for the kernel's children.
  if (process.env.FASTJSII_NODE_OPTIONS !== undefined) {
    process.env.NODE_OPTIONS = process.env.FASTJSII_NODE_OPTIONS;
    delete process.env.FASTJSII_NODE_OPTIONS;
  }
  if (isMainThread && launcher && path.basename(launcher) === 'jsii-runtime.js') {
    try {
      start(launcher);
    } catch (error) {
      warn(`${error.message}; loading the stock way`);
    }
  }
}
