{#-
    The landing as SQL sees it.

    `attach_landing` runs before every build: one relation a Parquet file. `landing(table)` is the one way in
    for staging models: the source with its declared corrections in place, columns as the contract lands them.

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
    {%- for table in landing_columns() -%}
        {%- do statements.append(
            'create or replace view landing.' ~ table ~ ' as select * from read_parquet('
            ~ string_literal(folder ~ '/' ~ table ~ '.parquet') ~ ')'
        ) -%}
    {%- endfor -%}
    {%- do run_query(statements | join(';\n')) -%}
{% endmacro %}

{#- Columns are given, so that Spark need not open every file to find them out. -#}
{% macro spark__attach_landing(folder) %}
    {%- do run_query('create schema if not exists landing') -%}
    {%- for table, columns in landing_columns().items() -%}
        {%- set path = folder ~ '/' ~ table ~ '.parquet' -%}
        {%- if table == 'corrected_values' -%}
            {%- do attach_corrections(table, columns, 'parquet.' ~ adapter.quote(path)) -%}
        {%- else -%}
            {%- set typed = [] -%}
            {%- for name, type in columns -%}
                {%- do typed.append(adapter.quote(name) ~ ' ' ~ type) -%}
            {%- endfor -%}
            {%- do run_query('drop table if exists landing.' ~ table) -%}
            {%- do run_query(
                'create table landing.' ~ table ~ ' (' ~ typed | join(', ') ~ ') using parquet location '
                ~ string_literal(path)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- When a table was landed: for `dbt source freshness`, which DuckDB alone answers. -#}
{% macro landed_at(table) -%}
    select max(last_modified) from read_blob({{ string_literal(landing_folder() ~ '/' ~ table ~ '.parquet') }})
{%- endmacro %}

{#- Every staging model asks for its own corrections. Where a year has none, Spark is told so, and the question folds
    away when a query is planned. -#}
{% macro attach_corrections(table, columns, file) -%}
    {%- set query = 'select * from ' ~ file -%}
    {%- if run_query(query ~ ' limit 1').rows | length == 0 -%}
        {%- set typed = [] -%}
        {%- for name, type in columns -%}
            {%- do typed.append('cast(null as ' ~ type ~ ') as ' ~ adapter.quote(name)) -%}
        {%- endfor -%}
        {%- set query = 'select ' ~ typed | join(', ') ~ ' where false' -%}
    {%- endif -%}
    {%- do run_query('create or replace view landing.' ~ table ~ ' as ' ~ query) -%}
{%- endmacro %}

{% macro landing(table) %}
    {%- set landed = source('landing', table) -%}
    {%- set corrections = source('landing', 'corrected_values') -%}
    {%- set columns = landing_columns()[table] -%}
    {%- set values = [] -%}
    {%- for name, type in columns if name not in ['source_file', 'source_line'] -%}
        {%- do values.append((name, adapter.quote(name), type)) -%}
    {%- endfor -%}
    {%- if columns | length - values | length < 2 -%}
    select * from {{ landed }}
    {%- else -%}
    select
        landed.source_file,
        landed.source_line,
        {%- for name, quoted, type in values %}
        case
            when corrections.corrects_{{ name }} then cast(corrections.new_{{ name }} as {{ type }})
            else landed.{{ quoted }}
        end as {{ quoted }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ landed }} as landed
    left join (
        select
            source_file,
            source_line,
            {%- for name, quoted, type in values %}
            bool_or(column_name = '{{ name }}') as corrects_{{ name }},
            max(case when column_name = '{{ name }}' then new_value end) as new_{{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ corrections }}
        where table_name = '{{ table }}'
        group by source_file, source_line
    ) as corrections
        on
            landed.source_file = corrections.source_file
            and landed.source_line = corrections.source_line
    {%- endif -%}
{% endmacro %}
