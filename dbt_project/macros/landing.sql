{#-
    The landing as SQL sees it.

    `attach_landing` runs before every build: one relation a Parquet file. `landing(table)` is the one way in
    for staging models: the source with its declared corrections in place, columns as the contract lands them.
-#}

{% macro attach_landing() %}
    {%- if execute -%}
        {%- do run_query('create schema if not exists landing') -%}
        {%- for table, columns in landing_columns().items() -%}
            {%- do attach_table(table, columns, env_var('METROPOLIS_LANDING') ~ '/' ~ table ~ '.parquet') -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro attach_table(table, columns, path) -%}
    {%- do adapter.dispatch('attach_table', 'metropolis')(table, columns, path) -%}
{%- endmacro %}

{% macro default__attach_table(table, columns, path) -%}
    {%- do run_query(
        'create or replace view landing.' ~ table ~ ' as select * from read_parquet('
        ~ string_literal(path) ~ ')'
    ) -%}
{%- endmacro %}

{#- Columns are given, so that Spark need not open every file to find them out. -#}
{% macro spark__attach_table(table, columns, path) -%}
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
