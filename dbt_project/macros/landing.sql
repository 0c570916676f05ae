{#-
    The landing as SQL sees it.

    `attach_landing` runs before every build and makes one relation a Parquet file, which are the sources of the
    staging models.

    METROPOLIS_LANDING and the variable report_year say which landing it is. Where they are not given, it is the
    newest one of the home.
-#}

{#- The report year. -#}
{% macro report_year() %}
    {%- set year = var('report_year', none) -%}
    {%- if year is none and execute -%}
        {%- if env_var('METROPOLIS_LANDING', '') -%}
            {%- do exceptions.raise_compiler_error(
                "METROPOLIS_LANDING is set, and no year is: give --vars 'report_year: …'"
            ) -%}
        {%- endif -%}
        {%- set year = newest_landed_year() -%}
    {%- endif -%}
    {{ return(year) }}
{% endmacro %}

{#- The folder with the landings of all years. -#}
{% macro landings_folder() %}
    {{ return(env_var('METROPOLIS_HOME', flags.PROFILES_DIR ~ '/../.metropolis') ~ '/landing') }}
{% endmacro %}

{#- The folder with the landing of the report year. -#}
{% macro landing_folder() %}
    {{ return(env_var('METROPOLIS_LANDING', '') or landings_folder() ~ '/' ~ report_year()) }}
{% endmacro %}

{% macro newest_landed_year() %}
    {{ return(adapter.dispatch('newest_landed_year', 'metropolis')()) }}
{% endmacro %}

{#- A landing is complete once it lists its files. -#}
{% macro default__newest_landed_year() %}
    {%- set year = run_query(
        'select max(parse_path(file)[-2]) from glob('
        ~ string_literal(landings_folder() ~ '/[0-9][0-9][0-9][0-9]/source_files.parquet') ~ ')'
    ).columns[0][0] -%}
    {%- if year is none -%}
        {%- do exceptions.raise_compiler_error(
            'There is no landing in ' ~ landings_folder() ~ ': run make report, or set METROPOLIS_HOME'
        ) -%}
    {%- endif -%}
    {{ return(year | int) }}
{% endmacro %}

{% macro spark__newest_landed_year() %}
    {%- do exceptions.raise_compiler_error("On Spark, give the year: --vars 'report_year: …'") -%}
{% endmacro %}

{% macro attach_landing() %}
    {%- if execute -%}
        {%- do adapter.dispatch('attach_landing', 'metropolis')(landing_folder()) -%}
    {%- endif -%}
{% endmacro %}

{% macro default__attach_landing(folder) %}
    {%- set files = 'glob(' ~ string_literal(folder ~ '/source_files.parquet') ~ ')' -%}
    {%- if run_query('select count(*) from ' ~ files).columns[0][0] == 0 -%}
        {%- do exceptions.raise_compiler_error(
            'There is no landing in ' ~ folder ~ ': build that year, or give another one by --vars'
        ) -%}
    {%- endif -%}
    {%- set statements = ['create schema if not exists landing'] -%}
    {%- for table in landing_sources() -%}
        {%- do statements.append(
            'create or replace view landing.' ~ table.name ~ ' as select * from read_parquet('
            ~ string_literal(folder ~ '/' ~ table.name ~ '.parquet') ~ ')'
        ) -%}
    {%- endfor -%}
    {%- do run_query(statements | join(';\n')) -%}
{% endmacro %}

{#- Columns are given, so that Spark need not open every file to find them out. -#}
{% macro spark__attach_landing(folder) %}
    {%- do run_query('create schema if not exists landing') -%}
    {%- for table in landing_sources() -%}
        {%- set typed = [] -%}
        {%- for column in table.columns.values() -%}
            {%- do typed.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
        {%- endfor -%}
        {%- do run_query('drop table if exists landing.' ~ table.name) -%}
        {%- do run_query(
            'create table landing.' ~ table.name ~ ' (' ~ typed | join(', ') ~ ') using parquet location '
            ~ string_literal(folder ~ '/' ~ table.name ~ '.parquet')
        ) -%}
    {%- endfor -%}
{% endmacro %}

{#- The tables of the landing, as _sources.yml declares them. -#}
{% macro landing_sources() %}
    {{ return(graph.sources.values() | selectattr('source_name', 'equalto', 'landing') | list) }}
{% endmacro %}

{#- When a table was landed: for `dbt source freshness`, which DuckDB alone answers. -#}
{% macro landed_at(table) -%}
    select max(last_modified) from read_blob({{ string_literal(landing_folder() ~ '/' ~ table ~ '.parquet') }})
{%- endmacro %}
