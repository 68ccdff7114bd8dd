export { DEMO_IMAGE, demoImage } from './demo.js';
