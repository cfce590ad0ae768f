"""Holds a context against repo-context.schema.json. Written by profiling/context/schema_compiler.py, never by hand."""
# mypy: ignore-errors

import re


class JsonSchemaValueException(ValueError):
    """What does not fit; the message begins with where."""


REGEX_PATTERNS = {
    '^3\\.[0-9]+$': re.compile('^3\\.[0-9]+\\Z'),
    '^[0-9a-f]{40,64}$': re.compile('^[0-9a-f]{40,64}\\Z')
}

NoneType = type(None)

def validate(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (dict)):
        raise JsonSchemaValueException("" + (name_prefix or "data") + " must be object")
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['schema_version', 'repository']) - data.keys()
        if data__missing_keys:
            raise JsonSchemaValueException("" + (name_prefix or "data") + " must contain ")
        data_keys = set(data.keys())
        if "schema_version" in data_keys:
            data_keys.remove("schema_version")
            data__schemaversion = data["schema_version"]
            if not isinstance(data__schemaversion, (int)) and not (isinstance(data__schemaversion, float) and data__schemaversion.is_integer()) or isinstance(data__schemaversion, bool):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".schema_version must be integer")
            if isinstance(data__schemaversion, (int, float)) and not isinstance(data__schemaversion, bool):
                if data__schemaversion < 1:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".schema_version must be bigger than or equal to 1")
                if data__schemaversion > 1:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".schema_version must be smaller than or equal to 1")
        if "repository" in data_keys:
            data_keys.remove("repository")
            data__repository = data["repository"]
            if not isinstance(data__repository, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".repository must be object")
            data__repository_is_dict = isinstance(data__repository, dict)
            if data__repository_is_dict:
                data__repository__missing_keys = set(['kind', 'is_complete', 'problems']) - data__repository.keys()
                if data__repository__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".repository must contain ")
                data__repository_keys = set(data__repository.keys())
                if "kind" in data__repository_keys:
                    data__repository_keys.remove("kind")
                    data__repository__kind = data__repository["kind"]
                    if not (isinstance(data__repository__kind, str) and data__repository__kind == 'git' or isinstance(data__repository__kind, str) and data__repository__kind == 'folder'):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".repository.kind must be one of ['git', 'folder']")
                if "is_complete" in data__repository_keys:
                    data__repository_keys.remove("is_complete")
                    data__repository__iscomplete = data__repository["is_complete"]
                    if not isinstance(data__repository__iscomplete, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".repository.is_complete must be boolean")
                if "problems" in data__repository_keys:
                    data__repository_keys.remove("problems")
                    data__repository__problems = data__repository["problems"]
                    validate____defs_texts(data__repository__problems, custom_formats, (name_prefix or "data") + ".repository.problems")
                if data__repository_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".repository must not contain "+str(data__repository_keys)+" properties")
        if "language_stack" in data_keys:
            data_keys.remove("language_stack")
            data__languagestack = data["language_stack"]
            if not isinstance(data__languagestack, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack must be object")
            data__languagestack_is_dict = isinstance(data__languagestack, dict)
            if data__languagestack_is_dict:
                data__languagestack__missing_keys = set(['confidence', 'errors']) - data__languagestack.keys()
                if data__languagestack__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack must contain ")
                data__languagestack_keys = set(data__languagestack.keys())
                if "confidence" in data__languagestack_keys:
                    data__languagestack_keys.remove("confidence")
                    data__languagestack__confidence = data__languagestack["confidence"]
                    validate____defs_confidence(data__languagestack__confidence, custom_formats, (name_prefix or "data") + ".language_stack.confidence")
                if "errors" in data__languagestack_keys:
                    data__languagestack_keys.remove("errors")
                    data__languagestack__errors = data__languagestack["errors"]
                    validate____defs_texts(data__languagestack__errors, custom_formats, (name_prefix or "data") + ".language_stack.errors")
                if "primary" in data__languagestack_keys:
                    data__languagestack_keys.remove("primary")
                    data__languagestack__primary = data__languagestack["primary"]
                    validate____defs_text_or_null(data__languagestack__primary, custom_formats, (name_prefix or "data") + ".language_stack.primary")
                if "languages" in data__languagestack_keys:
                    data__languagestack_keys.remove("languages")
                    data__languagestack__languages = data__languagestack["languages"]
                    if not isinstance(data__languagestack__languages, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages must be array")
                    data__languagestack__languages_is_list = isinstance(data__languagestack__languages, (list, tuple))
                    if data__languagestack__languages_is_list:
                        data__languagestack__languages_len = len(data__languagestack__languages)
                        for data__languagestack__languages_x, data__languagestack__languages_item in enumerate(data__languagestack__languages):
                            if not isinstance(data__languagestack__languages_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}]".format(**locals()) + " must be object")
                            data__languagestack__languages_item_is_dict = isinstance(data__languagestack__languages_item, dict)
                            if data__languagestack__languages_item_is_dict:
                                data__languagestack__languages_item__missing_keys = set(['name', 'files', 'share']) - data__languagestack__languages_item.keys()
                                if data__languagestack__languages_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}]".format(**locals()) + " must contain ")
                                data__languagestack__languages_item_keys = set(data__languagestack__languages_item.keys())
                                if "name" in data__languagestack__languages_item_keys:
                                    data__languagestack__languages_item_keys.remove("name")
                                    data__languagestack__languages_item__name = data__languagestack__languages_item["name"]
                                    if not isinstance(data__languagestack__languages_item__name, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}].name".format(**locals()) + " must be string")
                                if "files" in data__languagestack__languages_item_keys:
                                    data__languagestack__languages_item_keys.remove("files")
                                    data__languagestack__languages_item__files = data__languagestack__languages_item["files"]
                                    validate____defs_count(data__languagestack__languages_item__files, custom_formats, (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}].files".format(**locals()))
                                if "share" in data__languagestack__languages_item_keys:
                                    data__languagestack__languages_item_keys.remove("share")
                                    data__languagestack__languages_item__share = data__languagestack__languages_item["share"]
                                    if not isinstance(data__languagestack__languages_item__share, (int, float)) or isinstance(data__languagestack__languages_item__share, bool):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}].share".format(**locals()) + " must be number")
                                    if isinstance(data__languagestack__languages_item__share, (int, float)) and not isinstance(data__languagestack__languages_item__share, bool):
                                        if data__languagestack__languages_item__share < 0:
                                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}].share".format(**locals()) + " must be bigger than or equal to 0")
                                        if data__languagestack__languages_item__share > 1:
                                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}].share".format(**locals()) + " must be smaller than or equal to 1")
                                if data__languagestack__languages_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack.languages[{data__languagestack__languages_x}]".format(**locals()) + " must not contain "+str(data__languagestack__languages_item_keys)+" properties")
                if "recognised_files" in data__languagestack_keys:
                    data__languagestack_keys.remove("recognised_files")
                    data__languagestack__recognisedfiles = data__languagestack["recognised_files"]
                    validate____defs_count(data__languagestack__recognisedfiles, custom_formats, (name_prefix or "data") + ".language_stack.recognised_files")
                if "files" in data__languagestack_keys:
                    data__languagestack_keys.remove("files")
                    data__languagestack__files = data__languagestack["files"]
                    validate____defs_count(data__languagestack__files, custom_formats, (name_prefix or "data") + ".language_stack.files")
                if "notebooks" in data__languagestack_keys:
                    data__languagestack_keys.remove("notebooks")
                    data__languagestack__notebooks = data__languagestack["notebooks"]
                    validate____defs_count(data__languagestack__notebooks, custom_formats, (name_prefix or "data") + ".language_stack.notebooks")
                if data__languagestack_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".language_stack must not contain "+str(data__languagestack_keys)+" properties")
        if "python_environment" in data_keys:
            data_keys.remove("python_environment")
            data__pythonenvironment = data["python_environment"]
            if not isinstance(data__pythonenvironment, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment must be object")
            data__pythonenvironment_is_dict = isinstance(data__pythonenvironment, dict)
            if data__pythonenvironment_is_dict:
                data__pythonenvironment__missing_keys = set(['confidence', 'errors']) - data__pythonenvironment.keys()
                if data__pythonenvironment__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment must contain ")
                data__pythonenvironment_keys = set(data__pythonenvironment.keys())
                if "confidence" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("confidence")
                    data__pythonenvironment__confidence = data__pythonenvironment["confidence"]
                    validate____defs_confidence(data__pythonenvironment__confidence, custom_formats, (name_prefix or "data") + ".python_environment.confidence")
                if "errors" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("errors")
                    data__pythonenvironment__errors = data__pythonenvironment["errors"]
                    validate____defs_texts(data__pythonenvironment__errors, custom_formats, (name_prefix or "data") + ".python_environment.errors")
                if "interpreter" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("interpreter")
                    data__pythonenvironment__interpreter = data__pythonenvironment["interpreter"]
                    if not isinstance(data__pythonenvironment__interpreter, (dict, NoneType)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.interpreter must be object or null")
                    data__pythonenvironment__interpreter_is_dict = isinstance(data__pythonenvironment__interpreter, dict)
                    if data__pythonenvironment__interpreter_is_dict:
                        data__pythonenvironment__interpreter__missing_keys = set(['path', 'version', 'origin']) - data__pythonenvironment__interpreter.keys()
                        if data__pythonenvironment__interpreter__missing_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.interpreter must contain ")
                        data__pythonenvironment__interpreter_keys = set(data__pythonenvironment__interpreter.keys())
                        if "path" in data__pythonenvironment__interpreter_keys:
                            data__pythonenvironment__interpreter_keys.remove("path")
                            data__pythonenvironment__interpreter__path = data__pythonenvironment__interpreter["path"]
                            if not isinstance(data__pythonenvironment__interpreter__path, (str)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.interpreter.path must be string")
                        if "version" in data__pythonenvironment__interpreter_keys:
                            data__pythonenvironment__interpreter_keys.remove("version")
                            data__pythonenvironment__interpreter__version = data__pythonenvironment__interpreter["version"]
                            validate____defs_text_or_null(data__pythonenvironment__interpreter__version, custom_formats, (name_prefix or "data") + ".python_environment.interpreter.version")
                        if "origin" in data__pythonenvironment__interpreter_keys:
                            data__pythonenvironment__interpreter_keys.remove("origin")
                            data__pythonenvironment__interpreter__origin = data__pythonenvironment__interpreter["origin"]
                            if not (isinstance(data__pythonenvironment__interpreter__origin, str) and data__pythonenvironment__interpreter__origin == 'environment in the repository' or isinstance(data__pythonenvironment__interpreter__origin, str) and data__pythonenvironment__interpreter__origin == 'activated environment' or isinstance(data__pythonenvironment__interpreter__origin, str) and data__pythonenvironment__interpreter__origin == 'PATH'):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.interpreter.origin must be one of ['environment in the repository', 'activated environment', 'PATH']")
                        if data__pythonenvironment__interpreter_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.interpreter must not contain "+str(data__pythonenvironment__interpreter_keys)+" properties")
                if "requires_python" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("requires_python")
                    data__pythonenvironment__requirespython = data__pythonenvironment["requires_python"]
                    validate____defs_text_or_null(data__pythonenvironment__requirespython, custom_formats, (name_prefix or "data") + ".python_environment.requires_python")
                if "package_manager" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("package_manager")
                    data__pythonenvironment__packagemanager = data__pythonenvironment["package_manager"]
                    if not isinstance(data__pythonenvironment__packagemanager, (str)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.package_manager must be string")
                if "lock_files" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("lock_files")
                    data__pythonenvironment__lockfiles = data__pythonenvironment["lock_files"]
                    validate____defs_texts(data__pythonenvironment__lockfiles, custom_formats, (name_prefix or "data") + ".python_environment.lock_files")
                if "build_backend" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("build_backend")
                    data__pythonenvironment__buildbackend = data__pythonenvironment["build_backend"]
                    validate____defs_text_or_null(data__pythonenvironment__buildbackend, custom_formats, (name_prefix or "data") + ".python_environment.build_backend")
                if "source" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("source")
                    data__pythonenvironment__source = data__pythonenvironment["source"]
                    if not isinstance(data__pythonenvironment__source, (dict, NoneType)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.source must be object or null")
                    data__pythonenvironment__source_is_dict = isinstance(data__pythonenvironment__source, dict)
                    if data__pythonenvironment__source_is_dict:
                        data__pythonenvironment__source__missing_keys = set(['import_roots', 'packages', 'paths']) - data__pythonenvironment__source.keys()
                        if data__pythonenvironment__source__missing_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.source must contain ")
                        data__pythonenvironment__source_keys = set(data__pythonenvironment__source.keys())
                        if "import_roots" in data__pythonenvironment__source_keys:
                            data__pythonenvironment__source_keys.remove("import_roots")
                            data__pythonenvironment__source__importroots = data__pythonenvironment__source["import_roots"]
                            validate____defs_texts(data__pythonenvironment__source__importroots, custom_formats, (name_prefix or "data") + ".python_environment.source.import_roots")
                        if "packages" in data__pythonenvironment__source_keys:
                            data__pythonenvironment__source_keys.remove("packages")
                            data__pythonenvironment__source__packages = data__pythonenvironment__source["packages"]
                            validate____defs_texts(data__pythonenvironment__source__packages, custom_formats, (name_prefix or "data") + ".python_environment.source.packages")
                        if "paths" in data__pythonenvironment__source_keys:
                            data__pythonenvironment__source_keys.remove("paths")
                            data__pythonenvironment__source__paths = data__pythonenvironment__source["paths"]
                            validate____defs_texts(data__pythonenvironment__source__paths, custom_formats, (name_prefix or "data") + ".python_environment.source.paths")
                        if data__pythonenvironment__source_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment.source must not contain "+str(data__pythonenvironment__source_keys)+" properties")
                if "namespace_packages" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("namespace_packages")
                    data__pythonenvironment__namespacepackages = data__pythonenvironment["namespace_packages"]
                    validate____defs_texts(data__pythonenvironment__namespacepackages, custom_formats, (name_prefix or "data") + ".python_environment.namespace_packages")
                if "projects" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("projects")
                    data__pythonenvironment__projects = data__pythonenvironment["projects"]
                    validate____defs_texts(data__pythonenvironment__projects, custom_formats, (name_prefix or "data") + ".python_environment.projects")
                if "project_count" in data__pythonenvironment_keys:
                    data__pythonenvironment_keys.remove("project_count")
                    data__pythonenvironment__projectcount = data__pythonenvironment["project_count"]
                    validate____defs_count(data__pythonenvironment__projectcount, custom_formats, (name_prefix or "data") + ".python_environment.project_count")
                if data__pythonenvironment_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".python_environment must not contain "+str(data__pythonenvironment_keys)+" properties")
        if "test_framework" in data_keys:
            data_keys.remove("test_framework")
            data__testframework = data["test_framework"]
            if not isinstance(data__testframework, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework must be object")
            data__testframework_is_dict = isinstance(data__testframework, dict)
            if data__testframework_is_dict:
                data__testframework__missing_keys = set(['confidence', 'errors']) - data__testframework.keys()
                if data__testframework__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework must contain ")
                data__testframework_keys = set(data__testframework.keys())
                if "confidence" in data__testframework_keys:
                    data__testframework_keys.remove("confidence")
                    data__testframework__confidence = data__testframework["confidence"]
                    validate____defs_confidence(data__testframework__confidence, custom_formats, (name_prefix or "data") + ".test_framework.confidence")
                if "errors" in data__testframework_keys:
                    data__testframework_keys.remove("errors")
                    data__testframework__errors = data__testframework["errors"]
                    validate____defs_texts(data__testframework__errors, custom_formats, (name_prefix or "data") + ".test_framework.errors")
                if "framework" in data__testframework_keys:
                    data__testframework_keys.remove("framework")
                    data__testframework__framework = data__testframework["framework"]
                    if not (isinstance(data__testframework__framework, str) and data__testframework__framework == 'pytest' or isinstance(data__testframework__framework, str) and data__testframework__framework == 'unittest' or isinstance(data__testframework__framework, str) and data__testframework__framework == 'django' or isinstance(data__testframework__framework, str) and data__testframework__framework == 'trial' or isinstance(data__testframework__framework, str) and data__testframework__framework == 'nbdev' or data__testframework__framework is None):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework.framework must be one of ['pytest', 'unittest', 'django', 'trial', 'nbdev', None]")
                if "command" in data__testframework_keys:
                    data__testframework_keys.remove("command")
                    data__testframework__command = data__testframework["command"]
                    validate____defs_text_or_null(data__testframework__command, custom_formats, (name_prefix or "data") + ".test_framework.command")
                if "runnable" in data__testframework_keys:
                    data__testframework_keys.remove("runnable")
                    data__testframework__runnable = data__testframework["runnable"]
                    if not isinstance(data__testframework__runnable, (dict)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework.runnable must be object")
                    data__testframework__runnable_is_dict = isinstance(data__testframework__runnable, dict)
                    if data__testframework__runnable_is_dict:
                        data__testframework__runnable__missing_keys = set(['with_pytest', 'without_pytest']) - data__testframework__runnable.keys()
                        if data__testframework__runnable__missing_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework.runnable must contain ")
                        data__testframework__runnable_keys = set(data__testframework__runnable.keys())
                        if "with_pytest" in data__testframework__runnable_keys:
                            data__testframework__runnable_keys.remove("with_pytest")
                            data__testframework__runnable__withpytest = data__testframework__runnable["with_pytest"]
                            validate____defs_text_or_null(data__testframework__runnable__withpytest, custom_formats, (name_prefix or "data") + ".test_framework.runnable.with_pytest")
                        if "without_pytest" in data__testframework__runnable_keys:
                            data__testframework__runnable_keys.remove("without_pytest")
                            data__testframework__runnable__withoutpytest = data__testframework__runnable["without_pytest"]
                            validate____defs_text_or_null(data__testframework__runnable__withoutpytest, custom_formats, (name_prefix or "data") + ".test_framework.runnable.without_pytest")
                        if data__testframework__runnable_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework.runnable must not contain "+str(data__testframework__runnable_keys)+" properties")
                if "runners" in data__testframework_keys:
                    data__testframework_keys.remove("runners")
                    data__testframework__runners = data__testframework["runners"]
                    validate____defs_texts(data__testframework__runners, custom_formats, (name_prefix or "data") + ".test_framework.runners")
                if "evidence" in data__testframework_keys:
                    data__testframework_keys.remove("evidence")
                    data__testframework__evidence = data__testframework["evidence"]
                    validate____defs_texts(data__testframework__evidence, custom_formats, (name_prefix or "data") + ".test_framework.evidence")
                if "folders" in data__testframework_keys:
                    data__testframework_keys.remove("folders")
                    data__testframework__folders = data__testframework["folders"]
                    validate____defs_texts(data__testframework__folders, custom_formats, (name_prefix or "data") + ".test_framework.folders")
                if "test_files" in data__testframework_keys:
                    data__testframework_keys.remove("test_files")
                    data__testframework__testfiles = data__testframework["test_files"]
                    validate____defs_count(data__testframework__testfiles, custom_formats, (name_prefix or "data") + ".test_framework.test_files")
                if data__testframework_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".test_framework must not contain "+str(data__testframework_keys)+" properties")
        if "benchmark_candidates" in data_keys:
            data_keys.remove("benchmark_candidates")
            data__benchmarkcandidates = data["benchmark_candidates"]
            if not isinstance(data__benchmarkcandidates, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates must be object")
            data__benchmarkcandidates_is_dict = isinstance(data__benchmarkcandidates, dict)
            if data__benchmarkcandidates_is_dict:
                data__benchmarkcandidates__missing_keys = set(['confidence', 'errors']) - data__benchmarkcandidates.keys()
                if data__benchmarkcandidates__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates must contain ")
                data__benchmarkcandidates_keys = set(data__benchmarkcandidates.keys())
                if "confidence" in data__benchmarkcandidates_keys:
                    data__benchmarkcandidates_keys.remove("confidence")
                    data__benchmarkcandidates__confidence = data__benchmarkcandidates["confidence"]
                    validate____defs_confidence(data__benchmarkcandidates__confidence, custom_formats, (name_prefix or "data") + ".benchmark_candidates.confidence")
                if "errors" in data__benchmarkcandidates_keys:
                    data__benchmarkcandidates_keys.remove("errors")
                    data__benchmarkcandidates__errors = data__benchmarkcandidates["errors"]
                    validate____defs_texts(data__benchmarkcandidates__errors, custom_formats, (name_prefix or "data") + ".benchmark_candidates.errors")
                if "candidates" in data__benchmarkcandidates_keys:
                    data__benchmarkcandidates_keys.remove("candidates")
                    data__benchmarkcandidates__candidates = data__benchmarkcandidates["candidates"]
                    if not isinstance(data__benchmarkcandidates__candidates, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates must be array")
                    data__benchmarkcandidates__candidates_is_list = isinstance(data__benchmarkcandidates__candidates, (list, tuple))
                    if data__benchmarkcandidates__candidates_is_list:
                        data__benchmarkcandidates__candidates_len = len(data__benchmarkcandidates__candidates)
                        for data__benchmarkcandidates__candidates_x, data__benchmarkcandidates__candidates_item in enumerate(data__benchmarkcandidates__candidates):
                            if not isinstance(data__benchmarkcandidates__candidates_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}]".format(**locals()) + " must be object")
                            data__benchmarkcandidates__candidates_item_is_dict = isinstance(data__benchmarkcandidates__candidates_item, dict)
                            if data__benchmarkcandidates__candidates_item_is_dict:
                                data__benchmarkcandidates__candidates_item__missing_keys = set(['command', 'kind', 'path']) - data__benchmarkcandidates__candidates_item.keys()
                                if data__benchmarkcandidates__candidates_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}]".format(**locals()) + " must contain ")
                                data__benchmarkcandidates__candidates_item_keys = set(data__benchmarkcandidates__candidates_item.keys())
                                if "command" in data__benchmarkcandidates__candidates_item_keys:
                                    data__benchmarkcandidates__candidates_item_keys.remove("command")
                                    data__benchmarkcandidates__candidates_item__command = data__benchmarkcandidates__candidates_item["command"]
                                    if not isinstance(data__benchmarkcandidates__candidates_item__command, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}].command".format(**locals()) + " must be string")
                                if "kind" in data__benchmarkcandidates__candidates_item_keys:
                                    data__benchmarkcandidates__candidates_item_keys.remove("kind")
                                    data__benchmarkcandidates__candidates_item__kind = data__benchmarkcandidates__candidates_item["kind"]
                                    if not (isinstance(data__benchmarkcandidates__candidates_item__kind, str) and data__benchmarkcandidates__candidates_item__kind == 'declared' or isinstance(data__benchmarkcandidates__candidates_item__kind, str) and data__benchmarkcandidates__candidates_item__kind == 'asv' or isinstance(data__benchmarkcandidates__candidates_item__kind, str) and data__benchmarkcandidates__candidates_item__kind == 'pytest-benchmark' or isinstance(data__benchmarkcandidates__candidates_item__kind, str) and data__benchmarkcandidates__candidates_item__kind == 'script' or isinstance(data__benchmarkcandidates__candidates_item__kind, str) and data__benchmarkcandidates__candidates_item__kind == 'console_script'):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}].kind".format(**locals()) + " must be one of ['declared', 'asv', 'pytest-benchmark', 'script', 'console_script']")
                                if "path" in data__benchmarkcandidates__candidates_item_keys:
                                    data__benchmarkcandidates__candidates_item_keys.remove("path")
                                    data__benchmarkcandidates__candidates_item__path = data__benchmarkcandidates__candidates_item["path"]
                                    validate____defs_text_or_null(data__benchmarkcandidates__candidates_item__path, custom_formats, (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}].path".format(**locals()))
                                if data__benchmarkcandidates__candidates_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates.candidates[{data__benchmarkcandidates__candidates_x}]".format(**locals()) + " must not contain "+str(data__benchmarkcandidates__candidates_item_keys)+" properties")
                if "candidate_count" in data__benchmarkcandidates_keys:
                    data__benchmarkcandidates_keys.remove("candidate_count")
                    data__benchmarkcandidates__candidatecount = data__benchmarkcandidates["candidate_count"]
                    validate____defs_count(data__benchmarkcandidates__candidatecount, custom_formats, (name_prefix or "data") + ".benchmark_candidates.candidate_count")
                if "usual_count" in data__benchmarkcandidates_keys:
                    data__benchmarkcandidates_keys.remove("usual_count")
                    data__benchmarkcandidates__usualcount = data__benchmarkcandidates["usual_count"]
                    validate____defs_count(data__benchmarkcandidates__usualcount, custom_formats, (name_prefix or "data") + ".benchmark_candidates.usual_count")
                if data__benchmarkcandidates_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".benchmark_candidates must not contain "+str(data__benchmarkcandidates_keys)+" properties")
        if "speed_dependencies" in data_keys:
            data_keys.remove("speed_dependencies")
            data__speeddependencies = data["speed_dependencies"]
            if not isinstance(data__speeddependencies, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".speed_dependencies must be object")
            data__speeddependencies_is_dict = isinstance(data__speeddependencies, dict)
            if data__speeddependencies_is_dict:
                data__speeddependencies__missing_keys = set(['confidence', 'errors']) - data__speeddependencies.keys()
                if data__speeddependencies__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".speed_dependencies must contain ")
                data__speeddependencies_keys = set(data__speeddependencies.keys())
                if "confidence" in data__speeddependencies_keys:
                    data__speeddependencies_keys.remove("confidence")
                    data__speeddependencies__confidence = data__speeddependencies["confidence"]
                    validate____defs_confidence(data__speeddependencies__confidence, custom_formats, (name_prefix or "data") + ".speed_dependencies.confidence")
                if "errors" in data__speeddependencies_keys:
                    data__speeddependencies_keys.remove("errors")
                    data__speeddependencies__errors = data__speeddependencies["errors"]
                    validate____defs_texts(data__speeddependencies__errors, custom_formats, (name_prefix or "data") + ".speed_dependencies.errors")
                if "dependencies" in data__speeddependencies_keys:
                    data__speeddependencies_keys.remove("dependencies")
                    data__speeddependencies__dependencies = data__speeddependencies["dependencies"]
                    validate____defs_texts(data__speeddependencies__dependencies, custom_formats, (name_prefix or "data") + ".speed_dependencies.dependencies")
                if "declared" in data__speeddependencies_keys:
                    data__speeddependencies_keys.remove("declared")
                    data__speeddependencies__declared = data__speeddependencies["declared"]
                    validate____defs_count(data__speeddependencies__declared, custom_formats, (name_prefix or "data") + ".speed_dependencies.declared")
                if data__speeddependencies_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".speed_dependencies must not contain "+str(data__speeddependencies_keys)+" properties")
        if "ci_config" in data_keys:
            data_keys.remove("ci_config")
            data__ciconfig = data["ci_config"]
            if not isinstance(data__ciconfig, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config must be object")
            data__ciconfig_is_dict = isinstance(data__ciconfig, dict)
            if data__ciconfig_is_dict:
                data__ciconfig__missing_keys = set(['confidence', 'errors']) - data__ciconfig.keys()
                if data__ciconfig__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config must contain ")
                data__ciconfig_keys = set(data__ciconfig.keys())
                if "confidence" in data__ciconfig_keys:
                    data__ciconfig_keys.remove("confidence")
                    data__ciconfig__confidence = data__ciconfig["confidence"]
                    validate____defs_confidence(data__ciconfig__confidence, custom_formats, (name_prefix or "data") + ".ci_config.confidence")
                if "errors" in data__ciconfig_keys:
                    data__ciconfig_keys.remove("errors")
                    data__ciconfig__errors = data__ciconfig["errors"]
                    validate____defs_texts(data__ciconfig__errors, custom_formats, (name_prefix or "data") + ".ci_config.errors")
                if "systems" in data__ciconfig_keys:
                    data__ciconfig_keys.remove("systems")
                    data__ciconfig__systems = data__ciconfig["systems"]
                    if not isinstance(data__ciconfig__systems, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.systems must be array")
                    data__ciconfig__systems_is_list = isinstance(data__ciconfig__systems, (list, tuple))
                    if data__ciconfig__systems_is_list:
                        data__ciconfig__systems_len = len(data__ciconfig__systems)
                        for data__ciconfig__systems_x, data__ciconfig__systems_item in enumerate(data__ciconfig__systems):
                            if not isinstance(data__ciconfig__systems_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.systems[{data__ciconfig__systems_x}]".format(**locals()) + " must be object")
                            data__ciconfig__systems_item_is_dict = isinstance(data__ciconfig__systems_item, dict)
                            if data__ciconfig__systems_item_is_dict:
                                data__ciconfig__systems_item__missing_keys = set(['name', 'files']) - data__ciconfig__systems_item.keys()
                                if data__ciconfig__systems_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.systems[{data__ciconfig__systems_x}]".format(**locals()) + " must contain ")
                                data__ciconfig__systems_item_keys = set(data__ciconfig__systems_item.keys())
                                if "name" in data__ciconfig__systems_item_keys:
                                    data__ciconfig__systems_item_keys.remove("name")
                                    data__ciconfig__systems_item__name = data__ciconfig__systems_item["name"]
                                    if not isinstance(data__ciconfig__systems_item__name, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.systems[{data__ciconfig__systems_x}].name".format(**locals()) + " must be string")
                                if "files" in data__ciconfig__systems_item_keys:
                                    data__ciconfig__systems_item_keys.remove("files")
                                    data__ciconfig__systems_item__files = data__ciconfig__systems_item["files"]
                                    validate____defs_texts(data__ciconfig__systems_item__files, custom_formats, (name_prefix or "data") + ".ci_config.systems[{data__ciconfig__systems_x}].files".format(**locals()))
                                if data__ciconfig__systems_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.systems[{data__ciconfig__systems_x}]".format(**locals()) + " must not contain "+str(data__ciconfig__systems_item_keys)+" properties")
                if "python_versions" in data__ciconfig_keys:
                    data__ciconfig_keys.remove("python_versions")
                    data__ciconfig__pythonversions = data__ciconfig["python_versions"]
                    if not isinstance(data__ciconfig__pythonversions, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.python_versions must be array")
                    data__ciconfig__pythonversions_is_list = isinstance(data__ciconfig__pythonversions, (list, tuple))
                    if data__ciconfig__pythonversions_is_list:
                        data__ciconfig__pythonversions_len = len(data__ciconfig__pythonversions)
                        for data__ciconfig__pythonversions_x, data__ciconfig__pythonversions_item in enumerate(data__ciconfig__pythonversions):
                            if not isinstance(data__ciconfig__pythonversions_item, (str)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.python_versions[{data__ciconfig__pythonversions_x}]".format(**locals()) + " must be string")
                            if isinstance(data__ciconfig__pythonversions_item, str):
                                if not REGEX_PATTERNS['^3\\.[0-9]+$'].search(data__ciconfig__pythonversions_item):
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.python_versions[{data__ciconfig__pythonversions_x}]".format(**locals()) + " must match pattern ^3\\.[0-9]+$")
                if "runs_benchmarks" in data__ciconfig_keys:
                    data__ciconfig_keys.remove("runs_benchmarks")
                    data__ciconfig__runsbenchmarks = data__ciconfig["runs_benchmarks"]
                    if not isinstance(data__ciconfig__runsbenchmarks, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config.runs_benchmarks must be boolean")
                if data__ciconfig_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".ci_config must not contain "+str(data__ciconfig_keys)+" properties")
        if "project_documents" in data_keys:
            data_keys.remove("project_documents")
            data__projectdocuments = data["project_documents"]
            if not isinstance(data__projectdocuments, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".project_documents must be object")
            data__projectdocuments_is_dict = isinstance(data__projectdocuments, dict)
            if data__projectdocuments_is_dict:
                data__projectdocuments__missing_keys = set(['confidence', 'errors']) - data__projectdocuments.keys()
                if data__projectdocuments__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".project_documents must contain ")
                data__projectdocuments_keys = set(data__projectdocuments.keys())
                if "confidence" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("confidence")
                    data__projectdocuments__confidence = data__projectdocuments["confidence"]
                    validate____defs_confidence(data__projectdocuments__confidence, custom_formats, (name_prefix or "data") + ".project_documents.confidence")
                if "errors" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("errors")
                    data__projectdocuments__errors = data__projectdocuments["errors"]
                    validate____defs_texts(data__projectdocuments__errors, custom_formats, (name_prefix or "data") + ".project_documents.errors")
                if "readme" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("readme")
                    data__projectdocuments__readme = data__projectdocuments["readme"]
                    validate____defs_texts(data__projectdocuments__readme, custom_formats, (name_prefix or "data") + ".project_documents.readme")
                if "for_contributors" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("for_contributors")
                    data__projectdocuments__forcontributors = data__projectdocuments["for_contributors"]
                    validate____defs_texts(data__projectdocuments__forcontributors, custom_formats, (name_prefix or "data") + ".project_documents.for_contributors")
                if "for_agents" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("for_agents")
                    data__projectdocuments__foragents = data__projectdocuments["for_agents"]
                    validate____defs_texts(data__projectdocuments__foragents, custom_formats, (name_prefix or "data") + ".project_documents.for_agents")
                if "licence" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("licence")
                    data__projectdocuments__licence = data__projectdocuments["licence"]
                    validate____defs_texts(data__projectdocuments__licence, custom_formats, (name_prefix or "data") + ".project_documents.licence")
                if "changes" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("changes")
                    data__projectdocuments__changes = data__projectdocuments["changes"]
                    validate____defs_texts(data__projectdocuments__changes, custom_formats, (name_prefix or "data") + ".project_documents.changes")
                if "for_sessions" in data__projectdocuments_keys:
                    data__projectdocuments_keys.remove("for_sessions")
                    data__projectdocuments__forsessions = data__projectdocuments["for_sessions"]
                    validate____defs_texts(data__projectdocuments__forsessions, custom_formats, (name_prefix or "data") + ".project_documents.for_sessions")
                if data__projectdocuments_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".project_documents must not contain "+str(data__projectdocuments_keys)+" properties")
        if "async_frameworks" in data_keys:
            data_keys.remove("async_frameworks")
            data__asyncframeworks = data["async_frameworks"]
            if not isinstance(data__asyncframeworks, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks must be object")
            data__asyncframeworks_is_dict = isinstance(data__asyncframeworks, dict)
            if data__asyncframeworks_is_dict:
                data__asyncframeworks__missing_keys = set(['confidence', 'errors']) - data__asyncframeworks.keys()
                if data__asyncframeworks__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks must contain ")
                data__asyncframeworks_keys = set(data__asyncframeworks.keys())
                if "confidence" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("confidence")
                    data__asyncframeworks__confidence = data__asyncframeworks["confidence"]
                    validate____defs_confidence(data__asyncframeworks__confidence, custom_formats, (name_prefix or "data") + ".async_frameworks.confidence")
                if "errors" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("errors")
                    data__asyncframeworks__errors = data__asyncframeworks["errors"]
                    validate____defs_texts(data__asyncframeworks__errors, custom_formats, (name_prefix or "data") + ".async_frameworks.errors")
                if "frameworks" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("frameworks")
                    data__asyncframeworks__frameworks = data__asyncframeworks["frameworks"]
                    if not isinstance(data__asyncframeworks__frameworks, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.frameworks must be array")
                    data__asyncframeworks__frameworks_is_list = isinstance(data__asyncframeworks__frameworks, (list, tuple))
                    if data__asyncframeworks__frameworks_is_list:
                        data__asyncframeworks__frameworks_len = len(data__asyncframeworks__frameworks)
                        for data__asyncframeworks__frameworks_x, data__asyncframeworks__frameworks_item in enumerate(data__asyncframeworks__frameworks):
                            if not isinstance(data__asyncframeworks__frameworks_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.frameworks[{data__asyncframeworks__frameworks_x}]".format(**locals()) + " must be object")
                            data__asyncframeworks__frameworks_item_is_dict = isinstance(data__asyncframeworks__frameworks_item, dict)
                            if data__asyncframeworks__frameworks_item_is_dict:
                                data__asyncframeworks__frameworks_item__missing_keys = set(['name', 'files']) - data__asyncframeworks__frameworks_item.keys()
                                if data__asyncframeworks__frameworks_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.frameworks[{data__asyncframeworks__frameworks_x}]".format(**locals()) + " must contain ")
                                data__asyncframeworks__frameworks_item_keys = set(data__asyncframeworks__frameworks_item.keys())
                                if "name" in data__asyncframeworks__frameworks_item_keys:
                                    data__asyncframeworks__frameworks_item_keys.remove("name")
                                    data__asyncframeworks__frameworks_item__name = data__asyncframeworks__frameworks_item["name"]
                                    if not isinstance(data__asyncframeworks__frameworks_item__name, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.frameworks[{data__asyncframeworks__frameworks_x}].name".format(**locals()) + " must be string")
                                if "files" in data__asyncframeworks__frameworks_item_keys:
                                    data__asyncframeworks__frameworks_item_keys.remove("files")
                                    data__asyncframeworks__frameworks_item__files = data__asyncframeworks__frameworks_item["files"]
                                    validate____defs_count(data__asyncframeworks__frameworks_item__files, custom_formats, (name_prefix or "data") + ".async_frameworks.frameworks[{data__asyncframeworks__frameworks_x}].files".format(**locals()))
                                if data__asyncframeworks__frameworks_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.frameworks[{data__asyncframeworks__frameworks_x}]".format(**locals()) + " must not contain "+str(data__asyncframeworks__frameworks_item_keys)+" properties")
                if "coroutine_functions" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("coroutine_functions")
                    data__asyncframeworks__coroutinefunctions = data__asyncframeworks["coroutine_functions"]
                    validate____defs_count(data__asyncframeworks__coroutinefunctions, custom_formats, (name_prefix or "data") + ".async_frameworks.coroutine_functions")
                if "read_files" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("read_files")
                    data__asyncframeworks__readfiles = data__asyncframeworks["read_files"]
                    validate____defs_count(data__asyncframeworks__readfiles, custom_formats, (name_prefix or "data") + ".async_frameworks.read_files")
                if "is_whole" in data__asyncframeworks_keys:
                    data__asyncframeworks_keys.remove("is_whole")
                    data__asyncframeworks__iswhole = data__asyncframeworks["is_whole"]
                    if not isinstance(data__asyncframeworks__iswhole, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks.is_whole must be boolean")
                if data__asyncframeworks_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".async_frameworks must not contain "+str(data__asyncframeworks_keys)+" properties")
        if "entry_points" in data_keys:
            data_keys.remove("entry_points")
            data__entrypoints = data["entry_points"]
            if not isinstance(data__entrypoints, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points must be object")
            data__entrypoints_is_dict = isinstance(data__entrypoints, dict)
            if data__entrypoints_is_dict:
                data__entrypoints__missing_keys = set(['confidence', 'errors']) - data__entrypoints.keys()
                if data__entrypoints__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points must contain ")
                data__entrypoints_keys = set(data__entrypoints.keys())
                if "confidence" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("confidence")
                    data__entrypoints__confidence = data__entrypoints["confidence"]
                    validate____defs_confidence(data__entrypoints__confidence, custom_formats, (name_prefix or "data") + ".entry_points.confidence")
                if "errors" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("errors")
                    data__entrypoints__errors = data__entrypoints["errors"]
                    validate____defs_texts(data__entrypoints__errors, custom_formats, (name_prefix or "data") + ".entry_points.errors")
                if "scripts" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("scripts")
                    data__entrypoints__scripts = data__entrypoints["scripts"]
                    if not isinstance(data__entrypoints__scripts, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts must be array")
                    data__entrypoints__scripts_is_list = isinstance(data__entrypoints__scripts, (list, tuple))
                    if data__entrypoints__scripts_is_list:
                        data__entrypoints__scripts_len = len(data__entrypoints__scripts)
                        for data__entrypoints__scripts_x, data__entrypoints__scripts_item in enumerate(data__entrypoints__scripts):
                            if not isinstance(data__entrypoints__scripts_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts[{data__entrypoints__scripts_x}]".format(**locals()) + " must be object")
                            data__entrypoints__scripts_item_is_dict = isinstance(data__entrypoints__scripts_item, dict)
                            if data__entrypoints__scripts_item_is_dict:
                                data__entrypoints__scripts_item__missing_keys = set(['name', 'target']) - data__entrypoints__scripts_item.keys()
                                if data__entrypoints__scripts_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts[{data__entrypoints__scripts_x}]".format(**locals()) + " must contain ")
                                data__entrypoints__scripts_item_keys = set(data__entrypoints__scripts_item.keys())
                                if "name" in data__entrypoints__scripts_item_keys:
                                    data__entrypoints__scripts_item_keys.remove("name")
                                    data__entrypoints__scripts_item__name = data__entrypoints__scripts_item["name"]
                                    if not isinstance(data__entrypoints__scripts_item__name, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts[{data__entrypoints__scripts_x}].name".format(**locals()) + " must be string")
                                if "target" in data__entrypoints__scripts_item_keys:
                                    data__entrypoints__scripts_item_keys.remove("target")
                                    data__entrypoints__scripts_item__target = data__entrypoints__scripts_item["target"]
                                    if not isinstance(data__entrypoints__scripts_item__target, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts[{data__entrypoints__scripts_x}].target".format(**locals()) + " must be string")
                                if data__entrypoints__scripts_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points.scripts[{data__entrypoints__scripts_x}]".format(**locals()) + " must not contain "+str(data__entrypoints__scripts_item_keys)+" properties")
                if "modules" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("modules")
                    data__entrypoints__modules = data__entrypoints["modules"]
                    validate____defs_texts(data__entrypoints__modules, custom_formats, (name_prefix or "data") + ".entry_points.modules")
                if "servers" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("servers")
                    data__entrypoints__servers = data__entrypoints["servers"]
                    validate____defs_texts(data__entrypoints__servers, custom_formats, (name_prefix or "data") + ".entry_points.servers")
                if "plugin_groups" in data__entrypoints_keys:
                    data__entrypoints_keys.remove("plugin_groups")
                    data__entrypoints__plugingroups = data__entrypoints["plugin_groups"]
                    validate____defs_texts(data__entrypoints__plugingroups, custom_formats, (name_prefix or "data") + ".entry_points.plugin_groups")
                if data__entrypoints_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".entry_points must not contain "+str(data__entrypoints_keys)+" properties")
        if "code_shape" in data_keys:
            data_keys.remove("code_shape")
            data__codeshape = data["code_shape"]
            if not isinstance(data__codeshape, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape must be object")
            data__codeshape_is_dict = isinstance(data__codeshape, dict)
            if data__codeshape_is_dict:
                data__codeshape__missing_keys = set(['confidence', 'errors']) - data__codeshape.keys()
                if data__codeshape__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape must contain ")
                data__codeshape_keys = set(data__codeshape.keys())
                if "confidence" in data__codeshape_keys:
                    data__codeshape_keys.remove("confidence")
                    data__codeshape__confidence = data__codeshape["confidence"]
                    validate____defs_confidence(data__codeshape__confidence, custom_formats, (name_prefix or "data") + ".code_shape.confidence")
                if "errors" in data__codeshape_keys:
                    data__codeshape_keys.remove("errors")
                    data__codeshape__errors = data__codeshape["errors"]
                    validate____defs_texts(data__codeshape__errors, custom_formats, (name_prefix or "data") + ".code_shape.errors")
                if "python_files" in data__codeshape_keys:
                    data__codeshape_keys.remove("python_files")
                    data__codeshape__pythonfiles = data__codeshape["python_files"]
                    validate____defs_count(data__codeshape__pythonfiles, custom_formats, (name_prefix or "data") + ".code_shape.python_files")
                if "test_files" in data__codeshape_keys:
                    data__codeshape_keys.remove("test_files")
                    data__codeshape__testfiles = data__codeshape["test_files"]
                    validate____defs_count(data__codeshape__testfiles, custom_formats, (name_prefix or "data") + ".code_shape.test_files")
                if "lines" in data__codeshape_keys:
                    data__codeshape_keys.remove("lines")
                    data__codeshape__lines = data__codeshape["lines"]
                    if not isinstance(data__codeshape__lines, (dict)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.lines must be object")
                    data__codeshape__lines_is_dict = isinstance(data__codeshape__lines, dict)
                    if data__codeshape__lines_is_dict:
                        data__codeshape__lines__missing_keys = set(['count', 'low', 'high', 'read_files']) - data__codeshape__lines.keys()
                        if data__codeshape__lines__missing_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.lines must contain ")
                        data__codeshape__lines_keys = set(data__codeshape__lines.keys())
                        if "count" in data__codeshape__lines_keys:
                            data__codeshape__lines_keys.remove("count")
                            data__codeshape__lines__count = data__codeshape__lines["count"]
                            validate____defs_count(data__codeshape__lines__count, custom_formats, (name_prefix or "data") + ".code_shape.lines.count")
                        if "low" in data__codeshape__lines_keys:
                            data__codeshape__lines_keys.remove("low")
                            data__codeshape__lines__low = data__codeshape__lines["low"]
                            validate____defs_count(data__codeshape__lines__low, custom_formats, (name_prefix or "data") + ".code_shape.lines.low")
                        if "high" in data__codeshape__lines_keys:
                            data__codeshape__lines_keys.remove("high")
                            data__codeshape__lines__high = data__codeshape__lines["high"]
                            validate____defs_count(data__codeshape__lines__high, custom_formats, (name_prefix or "data") + ".code_shape.lines.high")
                        if "read_files" in data__codeshape__lines_keys:
                            data__codeshape__lines_keys.remove("read_files")
                            data__codeshape__lines__readfiles = data__codeshape__lines["read_files"]
                            validate____defs_count(data__codeshape__lines__readfiles, custom_formats, (name_prefix or "data") + ".code_shape.lines.read_files")
                        if data__codeshape__lines_keys:
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.lines must not contain "+str(data__codeshape__lines_keys)+" properties")
                if "largest" in data__codeshape_keys:
                    data__codeshape_keys.remove("largest")
                    data__codeshape__largest = data__codeshape["largest"]
                    if not isinstance(data__codeshape__largest, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.largest must be array")
                    data__codeshape__largest_is_list = isinstance(data__codeshape__largest, (list, tuple))
                    if data__codeshape__largest_is_list:
                        data__codeshape__largest_len = len(data__codeshape__largest)
                        for data__codeshape__largest_x, data__codeshape__largest_item in enumerate(data__codeshape__largest):
                            if not isinstance(data__codeshape__largest_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.largest[{data__codeshape__largest_x}]".format(**locals()) + " must be object")
                            data__codeshape__largest_item_is_dict = isinstance(data__codeshape__largest_item, dict)
                            if data__codeshape__largest_item_is_dict:
                                data__codeshape__largest_item__missing_keys = set(['path', 'lines']) - data__codeshape__largest_item.keys()
                                if data__codeshape__largest_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.largest[{data__codeshape__largest_x}]".format(**locals()) + " must contain ")
                                data__codeshape__largest_item_keys = set(data__codeshape__largest_item.keys())
                                if "path" in data__codeshape__largest_item_keys:
                                    data__codeshape__largest_item_keys.remove("path")
                                    data__codeshape__largest_item__path = data__codeshape__largest_item["path"]
                                    if not isinstance(data__codeshape__largest_item__path, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.largest[{data__codeshape__largest_x}].path".format(**locals()) + " must be string")
                                if "lines" in data__codeshape__largest_item_keys:
                                    data__codeshape__largest_item_keys.remove("lines")
                                    data__codeshape__largest_item__lines = data__codeshape__largest_item["lines"]
                                    validate____defs_count(data__codeshape__largest_item__lines, custom_formats, (name_prefix or "data") + ".code_shape.largest[{data__codeshape__largest_x}].lines".format(**locals()))
                                if data__codeshape__largest_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.largest[{data__codeshape__largest_x}]".format(**locals()) + " must not contain "+str(data__codeshape__largest_item_keys)+" properties")
                if "deepest_folder" in data__codeshape_keys:
                    data__codeshape_keys.remove("deepest_folder")
                    data__codeshape__deepestfolder = data__codeshape["deepest_folder"]
                    validate____defs_count(data__codeshape__deepestfolder, custom_formats, (name_prefix or "data") + ".code_shape.deepest_folder")
                if "extension_sources" in data__codeshape_keys:
                    data__codeshape_keys.remove("extension_sources")
                    data__codeshape__extensionsources = data__codeshape["extension_sources"]
                    if not isinstance(data__codeshape__extensionsources, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.extension_sources must be array")
                    data__codeshape__extensionsources_is_list = isinstance(data__codeshape__extensionsources, (list, tuple))
                    if data__codeshape__extensionsources_is_list:
                        data__codeshape__extensionsources_len = len(data__codeshape__extensionsources)
                        for data__codeshape__extensionsources_x, data__codeshape__extensionsources_item in enumerate(data__codeshape__extensionsources):
                            if not isinstance(data__codeshape__extensionsources_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.extension_sources[{data__codeshape__extensionsources_x}]".format(**locals()) + " must be object")
                            data__codeshape__extensionsources_item_is_dict = isinstance(data__codeshape__extensionsources_item, dict)
                            if data__codeshape__extensionsources_item_is_dict:
                                data__codeshape__extensionsources_item__missing_keys = set(['language', 'files']) - data__codeshape__extensionsources_item.keys()
                                if data__codeshape__extensionsources_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.extension_sources[{data__codeshape__extensionsources_x}]".format(**locals()) + " must contain ")
                                data__codeshape__extensionsources_item_keys = set(data__codeshape__extensionsources_item.keys())
                                if "language" in data__codeshape__extensionsources_item_keys:
                                    data__codeshape__extensionsources_item_keys.remove("language")
                                    data__codeshape__extensionsources_item__language = data__codeshape__extensionsources_item["language"]
                                    if not isinstance(data__codeshape__extensionsources_item__language, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.extension_sources[{data__codeshape__extensionsources_x}].language".format(**locals()) + " must be string")
                                if "files" in data__codeshape__extensionsources_item_keys:
                                    data__codeshape__extensionsources_item_keys.remove("files")
                                    data__codeshape__extensionsources_item__files = data__codeshape__extensionsources_item["files"]
                                    validate____defs_count(data__codeshape__extensionsources_item__files, custom_formats, (name_prefix or "data") + ".code_shape.extension_sources[{data__codeshape__extensionsources_x}].files".format(**locals()))
                                if data__codeshape__extensionsources_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.extension_sources[{data__codeshape__extensionsources_x}]".format(**locals()) + " must not contain "+str(data__codeshape__extensionsources_item_keys)+" properties")
                if "is_typed" in data__codeshape_keys:
                    data__codeshape_keys.remove("is_typed")
                    data__codeshape__istyped = data__codeshape["is_typed"]
                    if not isinstance(data__codeshape__istyped, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape.is_typed must be boolean")
                if data__codeshape_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".code_shape must not contain "+str(data__codeshape_keys)+" properties")
        if "git_state" in data_keys:
            data_keys.remove("git_state")
            data__gitstate = data["git_state"]
            if not isinstance(data__gitstate, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state must be object")
            data__gitstate_is_dict = isinstance(data__gitstate, dict)
            if data__gitstate_is_dict:
                data__gitstate__missing_keys = set(['confidence', 'errors']) - data__gitstate.keys()
                if data__gitstate__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state must contain ")
                data__gitstate_keys = set(data__gitstate.keys())
                if "confidence" in data__gitstate_keys:
                    data__gitstate_keys.remove("confidence")
                    data__gitstate__confidence = data__gitstate["confidence"]
                    validate____defs_confidence(data__gitstate__confidence, custom_formats, (name_prefix or "data") + ".git_state.confidence")
                if "errors" in data__gitstate_keys:
                    data__gitstate_keys.remove("errors")
                    data__gitstate__errors = data__gitstate["errors"]
                    validate____defs_texts(data__gitstate__errors, custom_formats, (name_prefix or "data") + ".git_state.errors")
                if "is_checkout" in data__gitstate_keys:
                    data__gitstate_keys.remove("is_checkout")
                    data__gitstate__ischeckout = data__gitstate["is_checkout"]
                    if not isinstance(data__gitstate__ischeckout, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state.is_checkout must be boolean")
                if "head" in data__gitstate_keys:
                    data__gitstate_keys.remove("head")
                    data__gitstate__head = data__gitstate["head"]
                    if not isinstance(data__gitstate__head, (str, NoneType)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state.head must be string or null")
                    if isinstance(data__gitstate__head, str):
                        if not REGEX_PATTERNS['^[0-9a-f]{40,64}$'].search(data__gitstate__head):
                            raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state.head must match pattern ^[0-9a-f]{40,64}$")
                if "branch" in data__gitstate_keys:
                    data__gitstate_keys.remove("branch")
                    data__gitstate__branch = data__gitstate["branch"]
                    validate____defs_text_or_null(data__gitstate__branch, custom_formats, (name_prefix or "data") + ".git_state.branch")
                if "changed_files" in data__gitstate_keys:
                    data__gitstate_keys.remove("changed_files")
                    data__gitstate__changedfiles = data__gitstate["changed_files"]
                    validate____defs_count(data__gitstate__changedfiles, custom_formats, (name_prefix or "data") + ".git_state.changed_files")
                if "changed" in data__gitstate_keys:
                    data__gitstate_keys.remove("changed")
                    data__gitstate__changed = data__gitstate["changed"]
                    validate____defs_texts(data__gitstate__changed, custom_formats, (name_prefix or "data") + ".git_state.changed")
                if "is_shallow" in data__gitstate_keys:
                    data__gitstate_keys.remove("is_shallow")
                    data__gitstate__isshallow = data__gitstate["is_shallow"]
                    if not isinstance(data__gitstate__isshallow, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state.is_shallow must be boolean")
                if "is_linked" in data__gitstate_keys:
                    data__gitstate_keys.remove("is_linked")
                    data__gitstate__islinked = data__gitstate["is_linked"]
                    if not isinstance(data__gitstate__islinked, (bool)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state.is_linked must be boolean")
                if "submodules" in data__gitstate_keys:
                    data__gitstate_keys.remove("submodules")
                    data__gitstate__submodules = data__gitstate["submodules"]
                    validate____defs_texts(data__gitstate__submodules, custom_formats, (name_prefix or "data") + ".git_state.submodules")
                if data__gitstate_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".git_state must not contain "+str(data__gitstate_keys)+" properties")
        if "tools" in data_keys:
            data_keys.remove("tools")
            data__tools = data["tools"]
            if not isinstance(data__tools, (dict)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools must be object")
            data__tools_is_dict = isinstance(data__tools, dict)
            if data__tools_is_dict:
                data__tools__missing_keys = set(['confidence', 'errors']) - data__tools.keys()
                if data__tools__missing_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools must contain ")
                data__tools_keys = set(data__tools.keys())
                if "confidence" in data__tools_keys:
                    data__tools_keys.remove("confidence")
                    data__tools__confidence = data__tools["confidence"]
                    validate____defs_confidence(data__tools__confidence, custom_formats, (name_prefix or "data") + ".tools.confidence")
                if "errors" in data__tools_keys:
                    data__tools_keys.remove("errors")
                    data__tools__errors = data__tools["errors"]
                    validate____defs_texts(data__tools__errors, custom_formats, (name_prefix or "data") + ".tools.errors")
                if "at_hand" in data__tools_keys:
                    data__tools_keys.remove("at_hand")
                    data__tools__athand = data__tools["at_hand"]
                    if not isinstance(data__tools__athand, (list, tuple)):
                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand must be array")
                    data__tools__athand_is_list = isinstance(data__tools__athand, (list, tuple))
                    if data__tools__athand_is_list:
                        data__tools__athand_len = len(data__tools__athand)
                        for data__tools__athand_x, data__tools__athand_item in enumerate(data__tools__athand):
                            if not isinstance(data__tools__athand_item, (dict)):
                                raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}]".format(**locals()) + " must be object")
                            data__tools__athand_item_is_dict = isinstance(data__tools__athand_item, dict)
                            if data__tools__athand_item_is_dict:
                                data__tools__athand_item__missing_keys = set(['name', 'path', 'version']) - data__tools__athand_item.keys()
                                if data__tools__athand_item__missing_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}]".format(**locals()) + " must contain ")
                                data__tools__athand_item_keys = set(data__tools__athand_item.keys())
                                if "name" in data__tools__athand_item_keys:
                                    data__tools__athand_item_keys.remove("name")
                                    data__tools__athand_item__name = data__tools__athand_item["name"]
                                    if not isinstance(data__tools__athand_item__name, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}].name".format(**locals()) + " must be string")
                                if "path" in data__tools__athand_item_keys:
                                    data__tools__athand_item_keys.remove("path")
                                    data__tools__athand_item__path = data__tools__athand_item["path"]
                                    if not isinstance(data__tools__athand_item__path, (str)):
                                        raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}].path".format(**locals()) + " must be string")
                                if "version" in data__tools__athand_item_keys:
                                    data__tools__athand_item_keys.remove("version")
                                    data__tools__athand_item__version = data__tools__athand_item["version"]
                                    validate____defs_text_or_null(data__tools__athand_item__version, custom_formats, (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}].version".format(**locals()))
                                if data__tools__athand_item_keys:
                                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools.at_hand[{data__tools__athand_x}]".format(**locals()) + " must not contain "+str(data__tools__athand_item_keys)+" properties")
                if "missing" in data__tools_keys:
                    data__tools_keys.remove("missing")
                    data__tools__missing = data__tools["missing"]
                    validate____defs_texts(data__tools__missing, custom_formats, (name_prefix or "data") + ".tools.missing")
                if data__tools_keys:
                    raise JsonSchemaValueException("" + (name_prefix or "data") + ".tools must not contain "+str(data__tools_keys)+" properties")
        if data_keys:
            raise JsonSchemaValueException("" + (name_prefix or "data") + " must not contain "+str(data_keys)+" properties")
    return data

def validate____defs_count(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (int)) and not (isinstance(data, float) and data.is_integer()) or isinstance(data, bool):
        raise JsonSchemaValueException("" + (name_prefix or "data") + " must be integer")
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        if data < 0:
            raise JsonSchemaValueException("" + (name_prefix or "data") + " must be bigger than or equal to 0")
    return data

def validate____defs_text_or_null(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str, NoneType)):
        raise JsonSchemaValueException("" + (name_prefix or "data") + " must be string or null")
    return data

def validate____defs_confidence(data, custom_formats={}, name_prefix=None):
    if not (isinstance(data, str) and data == 'high' or isinstance(data, str) and data == 'medium' or isinstance(data, str) and data == 'low'):
        raise JsonSchemaValueException("" + (name_prefix or "data") + " must be one of ['high', 'medium', 'low']")
    return data

def validate____defs_texts(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (list, tuple)):
        raise JsonSchemaValueException("" + (name_prefix or "data") + " must be array")
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, (str)):
                raise JsonSchemaValueException("" + (name_prefix or "data") + "[{data_x}]".format(**locals()) + " must be string")
    return data
