with

projects as (

    select * from {{ ref('stg_projects') }}

),

-- A project is its code, however often it is listed.
final as (

    select
        project_code,
        min(name) as name,
        max(has_gender_coordination) as has_gender_coordination,
        min(source_file) as source_file,
        min(source_line) as source_line
    from projects
    group by project_code

)

select * from final
